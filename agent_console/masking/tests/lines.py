"""Short French texts as citizens write them; what names somebody stands in marks.

``{P:…}`` a person, ``{S:…}`` the writer, ``{V:…}`` a plate, ``{T:…}`` a telephone number,
``{E:…}`` an e-mail address, ``{B:…}`` a bank account.  All people are made up.
"""

LINES = """
C'est {P:Karim Benali} qui jette ses poubelles par la fenêtre
Mon voisin {P:Jean-Pierre Martin} dépose ses gravats devant le garage
{P:Sophie Lambert} a encore laissé son matelas sur le trottoir
Je signale que M. {P:Dupont} brûle ses déchets verts
Mme {P:Rossi} au 3e étage jette tout par terre
monsieur {P:garcia} laisse ses encombrants dans le hall
Le locataire {P:Ahmed Messaoudi} a vidé sa cave dans la rue
Les encombrants viennent de chez {P:Nicolas Fabre}, au numéro 12
J'ai vu {P:Thomas Bernard} taguer le mur de l'école
La famille {P:Moretti} dépose des sacs tous les soirs
Le gérant {P:Paul Marchetti} vide l'huile dans l'égout
C'est la faute de {P:Mélanie Roux}, elle l'avoue
Le fils de {P:Fatima Zerrouki} a cassé le banc
mr {P:lopez} gare son camion sur le passage piéton
Docteur {P:Simon} a déposé ses seringues dans la poubelle jaune
Mon voisin {P:Ahmed} jette ses mégots dans le caniveau
{P:David Cohen} et {P:Marc Olivieri} ont abandonné une moto
Dépôt sauvage de {P:Julien Perrin} rue de Rome
Le propriétaire, {P:Georges Santini}, refuse de ramasser
Il s'agit de {P:Laura Giordano} qui habite au rez-de-chaussée
Merci de verbaliser {P:Kevin Durand} pour ses déchets
madame {P:martin} du deuxième nourrit les pigeons
L'entreprise de {P:Patrick Meunier} a laissé des gravats
Le chien de {P:Sandrine Colombo} fait ses besoins partout
{P:Mohamed Haddad} coupe les arbres de la place
On a vu M. {P:Fernandez} verser de la peinture rue Paradis
C'est encore {P:Christophe Gauthier} qui bloque la borne
Mme {P:Nguyen} dit que le trou est dangereux
Selon {P:Hélène Carbone}, le lampadaire est éteint depuis lundi
{P:Antoine Leblanc} a arraché le panneau avec sa voiture
Bonjour, je m'appelle {S:Claire Fontaine} et je signale un trou
Je suis {S:Bernard Aubert}, j'habite rue de Lodi, lampadaire en panne
Un nid de poule devant chez moi. Merci. {S:Isabelle Ferrand}
Mon nom est {S:Yacine Belkacem}, la benne déborde
Cordialement, {S:Michel Toscano}
La voiture {V:AB-123-CD} est garée sur le trottoir
Voiture ventouse immatriculée {V:CD 456 EF} depuis un mois
Le camion {V:FG789HJ} a vidé des gravats
plaque {V:gh-234-jk} elle bloque la piste cyclable
Scooter {V:AA-001-BB} abandonné devant la gare
Épave {V:1234 AB 13} boulevard National
Une vieille Clio {V:456 XYZ 83} sans roues
Peugeot blanche {V:987 AZ 84} stationnée depuis 3 mois
immatriculation : {V:ee 345 tt} garée sur la place handicapé
Fourgon {V:BZ-777-QQ} et {P:Karim Benali} au volant
Véhicule {V:EV–512–KL} brûlé au fond du chemin
La plaque est {V:DF-908-RM}, il jette ses canettes
Rappelez-moi au {T:06 12 34 56 78} pour le rendez-vous
Mon numéro : {T:0491234567}, la fuite continue
Joignable au {T:+33 6 98 76 54 32} après 18h
tel {T:04.91.12.34.56} merci
Appelez le {T:07-11-22-33-44} si le portail est fermé
Numéro du gardien {T:00 33 4 42 11 22 33}
Mon adresse est {E:claire.fontaine@example.org} pour la suite
Écrivez à {E:k.benali+ville@exemple.fr} svp
contact {E:syndic_13@immo-sud.example.com} pour le local poubelle
Remboursez-moi sur {B:FR76 3000 6000 0112 3456 7890 189}
IBAN {B:FR1420041010050500013M02606} pour le dédommagement
Nid de poule rue Jean Jaurès, à hauteur du 12
Dépôt sauvage place Jean-Claude Gaudin
Lampadaire en panne avenue du Général Leclerc
Poubelles renversées boulevard Michelet
Tag sur l'école Marie Curie
Fuite d'eau rue du Docteur Escat
Trou devant le collège Jean Moulin
Banc cassé square Léon Blum
Matelas abandonné rue Saint-Antoine
Verre cassé devant l'église Saint-Julien
Feu en panne au rond-point Pierre Paul
Ordures derrière le stade Jean Bouin
Encombrants avenue Jules Cantini
Trottoir défoncé cours Pierre Puget
Rat mort allée Léon Gambetta
Bac cassé traverse Paul Cézanne à Aix-en-Provence
Panneau tordu quai de Rive Neuve
Arbre tombé chemin de Saint-Marthe
Poubelle pleine au métro Désirée Clary
Escalier sale montée Sainte-Victoire
Grille cassée devant le lycée Victor Hugo
Éclairage éteint boulevard Françoise Duparc
Gravats impasse Antoine Blanc
Graffitis sur le théâtre Jean Vilar
Abribus cassé, arrêt Jean Rieux
Caddie abandonné parc Bougainville
Container brûlé rue Albert Einstein
Sanglier mort route de Léon Lachamp
Passage piéton effacé avenue Robert Schuman
Bouche d'égout ouverte rue Edmond Rostand
Fontaine hors service place Félix Baret
Tags sur la mosquée et sur l'église Saint-Vincent-de-Paul
Bibliothèque Louis Aragon : la vitre est cassée
Flaque d'huile devant la piscine Louis Armand
Trou énorme bd Baille, dangereux pour les vélos
Place Castellane, trois bancs sont cassés
Lampe grillée au gymnase Ruffi
Bonjour, il y a un dépôt de pneus à Martigues
Monsieur le maire, les poubelles débordent
Madame, Monsieur, le trottoir est cassé
Merci de passer, la benne est pleine
Bonjour madame, le lampadaire clignote
Frigo et canapé devant le 34 rue Consolat
Le conteneur à verre déborde place aux Huiles
Dépôt de gravats au 123 avenue de la Rose
LE 123 AV DES CHARTREUX EST SALE
Poubelles au 12 BD 13006 Marseille
Nid-de-poule à La Ciotat près du port
Feu rouge bloqué à Vitrolles depuis 8h30
Trou de 50 cm de large sur la D 559
Le bus 21 ne peut plus passer, voiture en double file
Ordures tous les jours devant Carrefour Bonneveine
Chaise roulante cassée abandonnée devant l'hôpital Nord
Odeur d'égout à Saint-Barnabé depuis mardi
Papiers partout après le marché de Noailles
Jets de mégots devant la gare Saint-Charles
Lampadaire n° 4521 éteint à Aubagne
Tuyau percé à Salon-de-Provence, l'eau coule
Des jeunes cassent des bouteilles au parc Borély
Mon voisin jette ses ordures par la fenêtre
Le propriétaire du rez-de-chaussée dépose ses gravats
Un camion blanc vide ses déchets chaque nuit
Les ouvriers du chantier laissent des clous
Dépôt devant la boulangerie, en face de la poste
Déchets verts et branches chemin de la Nerthe
Deux matelas, un sommier et une télé
Corps de chien mort sur l'autoroute
Tag raciste à effacer d'urgence, rue d'Aubagne
Le Vieux-Port est sale ce matin
Trottinettes jetées dans le Vieux-Port
Borne de recharge en panne à Istres
Les encombrants du rendez-vous n'ont pas été ramassés
Référence 123 456 789, toujours rien de fait
Il manque le couvercle du bac gris au 8 rue Fort Notre-Dame
Signalement du 13 mars toujours ouvert
Panneau stop couché à Gardanne, avenue Mistral
Plaque d'égout qui bouge rue Breteuil
Rue Paul Bert et rue Émile Zola, plus de lumière
Croisement Cantini et Prado, feu en panne
Résidence Michel Ange, local poubelles plein
Le square Monsieur Vincent est fermé
École primaire Jean Mermoz, verre dans la cour
""".strip().splitlines()

# Written in haste, and not looked at while the rules were made: what the rates are really like.
HASTY = """
c'est {P:karim benali} qui jette tout dans la rue
VOISIN {P:MARTIN} JETTE SES ORDURES DEVANT LE 12
{P:Loïc Le Goff} m'a dit qu'il s'en fichait
deux sacs jetés par Mme {P:De Souza} hier soir
La dame du 2e s'appelle {P:Odile Vasseur} et elle nourrit les rats
Le coupable : {P:Bruno Sciortino}, bât B
{P:Monique} du 3e vide ses cendres par le balcon
Dépôt fait par {P:El Mehdi Amrani} à 22h
{P:J. Paoli} laisse sa remorque depuis noël
C'est toujours les enfants {P:Lopez} qui cassent
J'accuse {P:Frédéric Noël} d'avoir scié l'arbre
{P:Mamadou Diallo} travaille au noir et jette ses gravats ici
le camion de chez {P:Ferrero Frères} perd du gravier
Vu avec mes yeux {P:Stéphane Pinto} et sa remorque
ma voisine {P:nadia} jette ses couches
m {P:durand} a tout cassé
Plaque {V:ab123cd} sur le trottoir depuis 3 jours
Clio grise {V:BN 482 XC} devant portail
camionette {V:DA-555-FG} qui depose
4x4 {V:5678 WX 13} sur la plage
utilitaire immat {V:er 123 ty}
mon tel {T:06.11.22.33.44}
{T:0033612345678} rappelez svp
ecrire a {E:jp13@exemple.fr}
trou rue st ferreol devant zara
lampadaire rue pierre brossolette cassé
poubelle brulée bd jeanne d'arc
Fuite avenue du Maréchal Foch angle rue Jean Martin
Sacs devant l'ecole jean zay
Dépôt parking du Leclerc Sormiou
Trou devant boulangerie Paul
Statue de Frédéric Mistral taguée
Le monument à Rimbaud est tagué
Ascenseur public Belsunce en panne
Bonjour Allo Mairie, rien n'a été fait
Quartier Felix Pyat, plein d'encombrants
Angle Gambetta / Thiers plus de feu
Résidence Les Cèdres, Bat A, local sale
Super U de Luynes, chariots partout
Tag "Marie je t'aime" sur le mur de la gare
chien errant pres de Plan-de-Cuques
La Joliette, odeurs près des Docks
Vitre cassée à la crèche Les Petits Loups
Arbre dangereux parc Jourdan à Aix
3 bouteilles de gaz devant le local Emmaüs
Bd Charles Livon, corniche Kennedy : déchets au sol
Métro Périer, escalator HS
Enlevez les affiches de Dupont-Moretti, élections finies
Bac 1234 cassé rue Curiol
Trottoir affaissé montée des Accoules
""".strip().splitlines()

# Hasty too, written before the rules for lower case, capitals and neighbours, and never looked at
# while those were made: the rate to believe.
HELD_OUT = """
mon voisin {P:rachid} brule des cables dans sa cour
ma voisine {P:josette} nourrit les pigeons tous les jours
c'est {P:julien morel} qui laisse son scooter là
LE VOISIN {P:DUPUIS} BLOQUE LE PASSAGE
chez madame {P:pellegrin} ca pue les ordures
chez M. {P:Arnoux} il y a des rats
chez mr {P:benhamou} au 2e
le nommé {P:Kader} vend des cigarettes devant
une certaine {P:Ginette} jette du pain
un certain {P:Moreau} a mis ses gravats ici
les enfants {P:Ribeiro} ont cassé le banc
la famille {P:Ouali} met tout sur le palier
tout ça vient de chez {P:Castelli}
dépôt de {P:Patrice Lemoine} du 4e
{P:Thérèse} du 5e secoue ses tapis
il s'appelle {P:Enzo Ricci} et il tague
elle s'appelle {P:Samira} elle habite au 12
matelas jeté par {P:nicolas ferrand} hier
gravats déposés par {P:Moussa Traoré}
le gardien {P:Lucien} ne sort pas les bacs
la concierge mme {P:ferreira} refuse de nettoyer
{P:Olivier Dumas} encore lui, deux frigos
prevenez M. {P:Abitbol} svp, c'est sa voiture
j'ai vu {P:Yanis} et {P:Théo Blanchard} casser la vitre
C EST {P:PHILIPPE GRANGER} QUI VIDE SA CAVE
mme {P:oliveira} met ses sacs devant chez moi
le fils {P:Bensaïd} roule en quad sur la plage
mon proprietaire monsieur {P:Truchet} ne fait rien
l'artisan {P:Gomes} vide ses seaux dans l'égout
Demandez à {P:Corinne Delmas}, elle a tout filmé
""".strip().splitlines()

# Streets, squares and what is called after people, as they are written: nothing is to be masked.
STREETS = """
12 rue jean jaures
rue paul bert
3 bd michelet
boulevard françoise duparc
av du marechal foch
avenue jules cantini, face au 40
5 BIS RUE PIERRE DUPONT
RUE LOUISE MICHEL
chez le coiffeur rue edmond rostand
devant chez moi 8 rue saint jacques
place jean jaures
PLACE FELIX BARET
square leon blum
impasse antoine blanc
traverse paul cezanne
chemin de sainte marthe
montee sainte victoire
cours pierre puget
quai marcel pagnol
allée marcel pagnol batiment c
résidence jean moulin
lycée thiers
collège henri barnier
école primaire marie curie
stade jean bouin
piscine louis armand
gymnase ruffi
théâtre jean vilar
parc françois billoux
jardin emile duclaux
rond point pierre paul
angle rue paradis et rue saint ferreol
angle gambetta et thiers
croisement baille et lodi
à côté du monoprix rue de rome
résidence les cèdres
metro reformés canebière
arrêt désirée clary
pont de la rue honorat
rue du docteur escat, chez l'épicier
rue de la palud près de chez moi
c'est rue jean mermoz qui est sale
c'est boulevard chave qui est dans le noir
trou laissé par la rtm avenue de mazargues
devant la boulangerie paul, rue st ferreol
vers la rue marx dormoy
cité félix pyat
cité frais vallon
la rose, avenue frédéric mistral
bd romain rolland
avenue salvador allende, vitrolles
rue victor hugo à aubagne
avenue de la première armée
place du général de gaulle
rue monseigneur escoffier
le voisinage de la rue consolat
rue des frères barthélémy
rue abbé de l'épée
rue commandant mages
45 RUE PAUL CODACCIONI
""".strip().splitlines()

# Behind the words after which a name may come, and none does.
NO_NAMES = """
mon voisin du dessus fait du bruit
par temps de pluie le trou se remplit
c'est vraiment dangereux qui va nettoyer
chez le boulanger rue de rome
chez castorama il y a un frigo
le gardien absent depuis lundi
deposé par camion blanc hier
le propriétaire négligent laisse pourrir
ma voisine enceinte est tombée sur le trottoir
mon voisin handicapé ne passe plus
jetés par gros sacs
les enfants jouent au milieu des seringues
le responsable municipal ne vient pas
la famille nombreuse du 3e
mon mari tombé dans le trou
VOISIN BRUYANT ET SALE
C'EST TOUJOURS PAREIL QUI PASSE LE BALAI
ma fille asthmatique respire la fumée
le livreur amazon gare sur le trottoir
chez orange la boite est ouverte
chez Orange la boite est ouverte
chez Lidl chariots abandonnés
chez Ikea
mon ami médecin dit que c'est dangereux
le fils du voisin
l'ouvrier sncf
par endroits troués
mur couvert par tags obscènes
chez nous aussi
CHEZ NOUS AUSSI C EST SALE
le boucher halal jette ses os
les enfants Marseillais
le garagiste Renault
le gérant du Vival
chez Marseille Habitat
famille Nombreuse
""".strip().splitlines()
