"""300 lines as residents type them and speech recognition writes them; marks as in ``lines.py``.

``{A:…}`` is what an address says beyond its street: number, floor, door, code.  A hundred lines
hold nothing personal.  Labelled before any of them was read by the rules.  All people are made up.
"""

WITH_SOMEBODY = """
bjr c encore {P:mounir} du {A:4e} qui jette ses sacs par la fenetre
mon voisin du dessous {P:gilbert} a laissé son frigo dans la cour
c la fille de {P:brigitte} qui casse les boites aux lettres
{P:Nordine} il a mis son canapé devant le local poubelle
svp dite a Mme {P:Escoffier} d arreter de nourrir les pigeons
j ai vu {P:kevin} et {P:dylan} tagger le mur de la poste
le monsieur s'appelle {P:Roland Cavaillon} il vide sa camionnette ici
C EST {P:DJAMEL} QUI A CASSE LE LAMPADAIRE
bonjour c'est au sujet de mon voisin monsieur {P:pelissier} il brûle des déchets
ma voisine {P:huguette sarrazin} est tombée à cause du trou
les gravats c'est {P:zakaria} il fait des travaux au noir
{P:stephanie} la coiffeuse jette ses cheveux dans le caniveau
on m'a dit que c'était {P:Gérald Pastorelli} pour les pneus
mon beau-frère {P:Sylvain} a crevé un pneu sur le nid de poule
vous pouvez demander à monsieur {P:abdallah} le gardien il a tout vu
le gardien {P:Ferrat} refuse de sortir les containers
M.{P:Quilichini} bloque le passage avec son bateau
mme {P:vandenberghe} {A:2eme} etage met ses poubelles sur le palier
{P:lulu} du bar des sports sort ses bouteilles à 3h du mat
c'est le fils {P:santoni} qui fait du bruit avec sa moto
le plombier {P:Aït Ahmed} a laissé tout son bazar sur le trottoir
{P:Sofiane B.} jette ses canettes du {A:6e} étage
Signalé à Mme {P:Laugier-Blanc} de la mairie de secteur, sans réponse
déjà vu avec {P:Cédric} de l'accueil, rien fait
l'agent {P:Roubaud} m'a dit de rappeler
j'ai eu {P:Sabrina} au téléphone la semaine dernière
{P:jean claude mattei} gare sa remorque sur le passage pieton
ma mère {P:Antoinette Giraud} ne peut plus sortir avec son fauteuil
mon fils {P:ilyes} s est blessé au city stade
ma petite {P:Lina} est tombée du toboggan
c'est ecrit {P:Ousmane Keita} sur les cartons
les cartons au nom de {P:Valérie Teissier} sont devant la benne
sur l'enveloppe dans le sac il y a marqué {P:Hocine Larbi}
la propriétaire de l'appartement madame {P:de Roquefeuil} ne fait rien
le docteur {P:hanna} se gare sur la piste cyclable
Tonton {P:Momo} vend des clopes devant le metro
le patron du snack {P:ali} jette l huile dans l egout
{P:Raymonde} ma voisine a appelé deux fois pour la fuite
chez les {P:Ceccaldi} ça déborde tous les soirs
chez {P:bouzid} il y a des rats
tout le monde sait que c'est {P:frank} le coupable
{P:Pierrot} et sa bande squattent le hall
je vous jure c'est {P:Maxime Tardieu} je l'ai filmé
Mr et Mme {P:Sauvaire} laissent leur chien faire partout
monsieur et madame {P:nakache} mettent les encombrants n'importe quand
allô oui c'est pour signaler {P:bernadette olmeta} elle jette du pain aux rats
la voiture de {P:Anthony} est encore sur ma place
{P:Ludovic MARTELLI} abandonne des pneus
le chien de {P:josiane} a mordu un enfant
suite à l'accord avec {P:Farid}, il devait ramasser
l'association de {P:Mireille Castinel} nettoie la plage
ma collegue {P:Aurore} a glissé sur les feuilles
un ami, {P:Hakim Ziani}, s'est cassé le poignet sur ce trottoir
le syndic, Mme {P:Poggi}, dit que c'est la ville
{P:hamza} habite au {A:14} rue des lices et jette tout par la fenetre
je m appelle {S:odette ricard} et je voudrais un rendez vous encombrants
moi c {S:fabien} j habite a la rose
bonjour {S:Leïla Mansouri} à l'appareil
bonjour je suis madame {S:tournier} je vous appelle pour une fuite
ici {S:René Arnaud} du comité d'intérêt de quartier
merci d avance {S:coralie}
Cordialement M. {S:Yves Peirone}
mon nom c'est {S:Haddouche} h a deux d o u c h e
{S:Jacqueline Imbert} bonjour c'est pour ma carte
c'est {S:patrick} encore moi pour la benne
au nom de {S:serge vidalou} s'il vous plaît
signé Un papa en colère, {S:Didier Lopez}
cdlt {S:A. Bonifay}
vous pouvez mettre au nom de {S:Toumi} mon prénom c'est {S:Nassima}
je me présente {S:Gaëtan Fouque} président du cil
bonjour mon prénom c'est {S:alizée}
Mon nom de famille est {S:Zaragoza}
Bisous Mamie {S:Jo}
une clio grise {V:bx 412 rt} est garée devant mon portail depuis 2 mois
la plaque c {V:fl-903-ns} il se gare sur les trottoirs
plaque {V:cz 118 vp} merci de verbaliser
camion benne {V:GH.452.KL} qui vide ses gravats
scooter {V:DN 77 L} abandonné
vehicule {V:3412 ZK 13} epave
une vieille R5 immatriculée {V:812AXB13}
{V:AW-615-QH}
BMW noire {V:EL 209 BG} vitres teintées double file
la voiture {V:FT 640 ZM} et la {V:GB 311 DD} sont ventouses
immatriculation {V:e k 7 3 2 w f} je répète
c'est la plaque {V:dv trois cent douze jc}
une peugeot 208 blanche {V:GA-127-TR}, moteur allumé des heures
numéro de plaque {V:CW 558 AS} fourgon blanc
LE CAMION {V:BE 834 YH} A CASSE LE MUR
j'ai relevé {V:Fp 286 nw} au fond du parking
la twingo {V:2287 TT 84} perd de l'huile
trafic blanc immat {V:er491kx} depot sauvage
c'est un kangoo {V:AC_723_BV}
remorque sans roue plaque {V:GQ–045–XE}
moto {V:DM/391/PJ} sur la piste cyclable
4L bleue {V:7789 QM 13} sous les platanes
master {V:by-640-lm} 3 fois cette semaine
utilitaire {V:FR 778 HC} de location
la {V:ez201qa} encore elle
voiture volée ? {V:1954 WV 2A} devant l'école
plaque espagnole {V:4821 KLM}
rappelez moi au {T:0612457890}
mon tel {T:06 45 12 78 90}
c le {T:07.82.33.10.45}
{T:06-19-28-37-46} apres 17h
mon num {T:+33 7 61 22 90 14} merci
{T:+33612904518}
joignable {T:04 91 55 12 07} poste 12
fixe {T:0491 37 82 16}
tel : {T:06/33/21/45/98}
appelez au {T:06 123 456 78}
mon portable {T:0 6 1 4 8 8 2 0 9 7}
{T:06,21,34,87,65}
c'est le {T:zéro six douze trente-quatre cinquante-six soixante-dix-huit}
mon numéro {T:zéro sept quatre-vingt-un douze zéro neuf trente-trois}
le {T:06 quarante-cinq 12 33 80} s'il vous plaît
{T:33 6 12 98 45 70} whatsapp
mon fixe c'est le {T:04 42 27 15 88} et le portable {T:0698124503}
TEL {T:0761 89 32 14}
{T:(04) 91 08 77 12} demander le gardien
{T:+33 (0)6 70 41 25 36}
numero etranger {T:+213 661 45 78 90}
mon numéro italien {T:0039 347 812 4590}
appeler ma fille au {T:06 54 . 33 . 21 . 10}
{T:06 88 77 12, 05}
contact {T:07 66 54 32 1 0}
{T:0 6. 5 1. 2 2. 8 4. 7 7} svp
faites le {T:zéro quatre quatre-vingt-onze zéro deux seize quarante}
ecrivez moi {E:lucie.barthe84@exemple.fr}
mail {E:momo-13013@mail.example.com}
{E:k_tahar@exemple.net} pour la reponse
mon adresse mail c'est {E:paul.isnard arobase exemple.fr}
{E:sandra point rey arobase exemple point com}
mon e-mail {E:j.vial @ exemple.fr}
{E:annie.gaillard(at)exemple.fr}
c'est {E:nico tiret du bas 13 arobase exemple point fr}
{E:LOLA.MARIN@EXEMPLE.COM}
repondre a {E:contact@cil-saintloup.example.org} merci
{E:yanis.b [at] exemple [dot] org}
{E:cabinet.medical+accueil@sante.exemple.fr}
{E:theo93@exemple}
mail:{E:reine_des_prés@exemple.fr}
{E:marcel.ayme@exemple,fr}
mon rib {B:FR76 1027 8079 1200 0203 4567 158}
iban {B:fr7630004000031234567890143}
{B:FR14 2004 1010 0505 0001 3M02 606}
virement sur {B:FR76-3000-1007-9412-3456-7890-185}
compte {B:DE89 3704 0044 0532 0130 00}
remboursement {B:FR76 30006 00001 12345678901 89}
mon iban c'est {B:f r 7 6 1 4 4 4 5 0 0 4 0 0 0 4 1 2 3 4 5 6 7 8 9 3 2}
{B:be68 5390 0754 7034}
RIB : banque {B:10278 07912 00020345671 58}
voici {B:FR7610107001011234567890129} pour le dédommagement
{B:IT60X0542811101000000123456}
l'iban {B:FR76.1820.6000.0512.3456.7890.117}
j habite {A:12} rue consolat {A:3e} etage porte {A:gauche}
encombrants au {A:45 bis} avenue de toulon bat {A:B}
{A:8} bd chave {A:rdc}
mon adresse {A:127} chemin de morgiou
code porte {A:24B18}
code {A:4582} pour entrer
digicode {A:A1907} interphone {P:Riviere}
le code c'est {A:1 2 B 4}
{A:33}, rue des trois mages appt {A:12}
residence les lilas batiment {A:C4} {A:6eme} etage
je suis au {A:douze} rue de lodi au {A:troisième} étage
au {A:vingt-sept} boulevard national
{A:4 ter} impasse des peupliers
{A:16}rue d italie {A:2e} gauche
N°{A:74} rue breteuil escalier {A:D}
{A:210} AV DU PRADO BAT {A:A2} APT {A:45}
rue sainte au {A:19} {A:dernier} etage
rue paradis {A:312} {A:4eme} droite
boulevard baille numero {A:55} sonnette {P:Dumas}
le frigo est devant le {A:6} traverse des baudillons
porte {A:204} {A:deuxieme} couloir
appartement {A:31} cite air bel batiment {A:17}
allee des pins villa {A:9}
j'habite au {A:premier} étage du {A:88} rue de rome
{A:5-7} rue du musée
entre le {A:12} et le {A:18} rue fongate
{A:23B} rue longue des capucins
{A:1} place jean jaures entree {A:2}
boite aux lettres {A:14} hall {A:B}
logement {A:A203} residence valmante
chambre {A:118} foyer adoma
lot {A:37} lotissement la panouse
{A:9} r. de la loubiere etage {A:5} porte {A:52}
venez au {A:64} avenue de mazargues, bip {A:7788}
portail code {A:1357#}
place de parking {A:112} sous-sol residence valmante
{A:quarante-deux} cours lieutaud {A:deuxième} porte {A:droite}
mon box c'est le {A:17} rue du rouet
rue de la republique {A:n°103}
au {A:deux cent quatorze} avenue des chartreux
c est la maison de mr {P:leonetti} au {A:36} montee des camoins
la dame du {A:rez de chaussée} {P:yvonne} a vu la camionnette
{P:Jérémy Astier} m'a menacé quand j'ai pris la photo
bonjour {S:Kamel} je rappelle pour le dossier de mon oncle {P:Slimane}
prevenir le president du cil {P:Bertrand Rouvière}
la voiture {V:DX 473 MV} de {P:Gisèle} bloque le {A:21} rue marengo
""".strip().splitlines()

WITH_NOBODY = """
y a un trou enorme rue saint pierre
lampadaire hs place castellane
poubelle pleine depuis 3 jours
les eboueurs sont pas passés lundi
bonjour le feu est en panne
trottinettes en vrac devant la gare
2 matelas et 1 frigo rue consolat
depot sauvage derriere le stade velodrome
ca pue les egouts a saint just
fuite d eau rue jean de bernardy
arbre tombé avenue frederic mistral
tag sur le mur de l ecole jules ferry
rats dans le parc longchamp
c est sale rue d aubagne
il y a des seringues au jardin benedetti
le bus 21 n est pas passé
la ligne 49 est toujours en retard
place du 4 septembre plus de lumiere
rue du 141e ria passage pieton effacé
depuis le 15 mars rien n a été fait
ca fait 10 fois que j appelle
dossier 412 887 903 toujours pas traité
ma reference est 123-456-789
j ai 250 points sur ma carte
combien de points pour une canette
je veux un rendez vous encombrants le 12 a 8h
le composteur de la plaine est cassé
quand passe le camion des encombrants dans le 13e
marseille 13006
dans le 3e arrondissement y a trop de dechets
l ascenseur du metro est en panne
mon voisin fait du bruit
la voisine du dessus jette de l eau
chez moi pas de courant
chez le boucher c est sale
le gardien ne fait rien
le proprietaire veut rien savoir
les enfants jouent au ballon sur la route
mon mari est handicapé
mes parents agés ne peuvent plus passer
ma fille est en poussette on passe pas
le maire fait rien
monsieur bonjour
madame monsieur le conteneur a verre est plein
merci beaucoup bonne journée
merci cordialement
ok super
oui
non c est pas ca
1
je veux parler a quelqu un
passez moi un conseiller svp
allô vous m'entendez
euh oui bonjour alors voilà c'est pour un lampadaire
attendez je cherche mes lunettes
un lampadaire euh qui clignote sur le cours julien
c'est à côté de la pharmacie du prado
en face de la boulangerie du village
devant le lycée saint charles
rue albert einstein à château gombert
avenue jean lombard y a plus de trottoir
boulevard rabatau un platane penche
traverse de la martine trop de ronces
chemin du roucas blanc le mur s'écroule
vallon des auffes des sacs dans l'eau
les goudes plein de mégots
calanque de sormiou barrière cassée
plage des catalans verre cassé
cité la castellane ascenseur en panne
la busserine plus d'eau chaude
parc borely banc cassé
parc billoux portail fermé
gymnase vallier lumière allumée toute la nuit
piscine luminy fermée ?
bibliotheque alcazar horaires svp
ouverture decheterie la jarre dimanche ?
carte integrale perdue que faire
ou jeter des piles
le tri c'est quoi les consignes pour le verre
collecte du verre trop bruyante a 6h
bac jaune cassé il manque le couvercle
bac 240 litres renversé
trou de 30 cm sur 50
velo electrique en libre service dans le port
voiture brulée sous le pont
une camionnette blanche vide ses gravats la nuit
une voiture sans plaque sur le trottoir
un scooter noir roule sur le trottoir
des jeunes font du rodéo rue de lyon
les CRS ont laissé des barrières
EDF A COUPE LE COURANT
LES POUBELLES DEBORDENT PLACE JEAN JAURES
PANNE D ECLAIRAGE BOULEVARD DE LA LIBERATION
J'attends depuis 2 heures
Noël approche et les guirlandes sont éteintes
La fontaine Estrangin ne coule plus
Odeur de gaz avenue Camille Pelletan
La statue de David est taguée
Travaux rue Francis Davso, poussière partout
Marseille Provence Métropole ne répond pas
""".strip().splitlines()
