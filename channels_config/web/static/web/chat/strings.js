/**
 * Every text of the widget, by locale. Narrow no-break spaces (U+202F) stand before ; ! ? and
 * no-break spaces (U+00A0) before : as French typography asks.
 */
export const STRINGS = {
  fr: {
    title: "Assistant de la Métropole",
    opener: "Écrire à l’assistant",
    invitation:
      "Décrivez ce que vous voyez avec vos mots : un trou dans la chaussée, un dépôt sauvage, un lampadaire éteint…",
    privacy: "Sans compte. Rien n’est gardé sur cet appareil avant l’ouverture de la discussion.",
    close: "Réduire la discussion",
    log: "Messages échangés avec l’assistant",
    empty: "Bonjour ! Que se passe-t-il, et où ?",
    emptyHint: "Par exemple : « Il y a un nid-de-poule devant le 12 rue Paradis à Marseille. »",
    inputLabel: "Votre message",
    placeholder: "Votre message…",
    send: "Envoyer",
    hint: "Entrée pour envoyer, Maj + Entrée pour aller à la ligne.",
    connecting: "Connexion…",
    offline: "Vous êtes hors ligne. Vos messages partiront dès le retour du réseau.",
    reconnecting: "La connexion est coupée. Nouvel essai en cours…",
    outdated: "Cette page est trop ancienne. Rechargez-la pour continuer la discussion.",
    sending: "envoi…",
    sent: "envoyé",
    failed: "échec de l’envoi",
    retry: "Réessayer",
    typing: "L’assistant écrit…",
    choices: "Réponses proposées",
    attach: "Joindre une photo",
    locate: "Envoyer ma position",
    locating: "Recherche de votre position…",
    locationDenied: "Votre navigateur n’a pas donné votre position. Écrivez plutôt l’adresse.",
    locationFailed: "Votre position n’a pas été trouvée. Écrivez plutôt l’adresse.",
    position: "Ma position",
    photo: "Photo jointe",
    photosChosen: "Photos à envoyer",
    photoRemove: "Retirer la photo",
    photoUnreadable: "Ce fichier n’est pas une photo que nous savons lire\u00a0: JPEG, PNG ou WebP.",
    photosTooMany: "Trois photos au plus par message.",
    drop: "Déposez la photo ici",
    newer: "Nouveaux messages",
    unread: (count) => (count > 1 ? `${count} messages non lus` : "1 message non lu"),
    you: "Vous :",
    bot: "Assistant :",
    agent: "Conseiller :",
    system: "Information :",
  },
  en: {
    title: "The Metropolis’ assistant",
    opener: "Write to the assistant",
    invitation:
      "Describe what you see in your own words: a pothole, dumped rubbish, a street light that is out…",
    privacy: "No account. Nothing is kept on this device before you open the chat.",
    close: "Minimise the chat",
    log: "Messages with the assistant",
    empty: "Hello! What is happening, and where?",
    emptyHint: "For instance: “There is a pothole in front of 12 rue Paradis in Marseille.”",
    inputLabel: "Your message",
    placeholder: "Your message…",
    send: "Send",
    hint: "Enter to send, Shift + Enter for a new line.",
    connecting: "Connecting…",
    offline: "You are offline. Your messages will leave when the network is back.",
    reconnecting: "The connection is lost. Trying again…",
    outdated: "This page is too old. Reload it to go on.",
    sending: "sending…",
    sent: "sent",
    failed: "not sent",
    retry: "Try again",
    typing: "The assistant is writing…",
    choices: "Suggested answers",
    attach: "Attach a photo",
    locate: "Send my position",
    locating: "Looking for your position…",
    locationDenied: "Your browser did not give your position. Please write the address instead.",
    locationFailed: "Your position was not found. Please write the address instead.",
    position: "My position",
    photo: "Attached photo",
    photosChosen: "Photos to send",
    photoRemove: "Remove the photo",
    photoUnreadable: "This file is no photo that we can read: JPEG, PNG or WebP.",
    photosTooMany: "Three photos at most in a message.",
    drop: "Drop the photo here",
    newer: "New messages",
    unread: (count) => (count > 1 ? `${count} unread messages` : "1 unread message"),
    you: "You:",
    bot: "Assistant:",
    agent: "Adviser:",
    system: "Information:",
  },
};

/** The language that `locale` is spoken in here: "fr" or "en". */
export function languageOf(locale) {
  const language = (locale || "fr").slice(0, 2).toLowerCase();
  return language in STRINGS ? language : "fr";
}

/** The texts of `locale` ("fr-FR" and "fr" alike); French when we have no translation. */
export function stringsFor(locale) {
  return STRINGS[languageOf(locale)];
}
