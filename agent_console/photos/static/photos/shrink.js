// A phone's photo is made small enough for a weak network before it is kept: at most 1600 pixels a
// side, and below what the console takes in one request. Drawing it anew drops what it says of
// place and phone; the service does the same again.

const SIDE_MAX = 1600;
const BYTES_MAX = 900_000;

export async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  let side = SIDE_MAX;
  for (let quality = 0.82; ; quality -= 0.12) {
    const photo = await drawn(picture, side, Math.max(quality, 0.5));
    if (photo.size <= BYTES_MAX) {
      picture.close();
      return photo;
    }
    if (quality <= 0.5) side = Math.round(side * 0.8);
  }
}

function drawn(picture, side, quality) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality),
  );
}
