"""Words around a name that say what it is the name of."""


def words(text: str) -> frozenset[str]:
    """The words of a list written as text."""
    return frozenset(text.split())


# A name behind one of these is a place's: "rue Jean Jaurès", "école Marie Curie".
PLACES = words(
    """
    allée allées angle anse arrêt auditorium autoroute av ave avenue bâtiment bar basilique
    bassin bibliothèque bistrot boulevard bourse brasserie bd bld bvd cathédrale calanque canal
    carrefour croisement intersection caserne centre chapelle chemin ch cimetière cinéma cité
    clinique clos collège col complexe conservatoire corniche côte cours crèche dalle école
    ecole église eglise escalier escaliers espace esplanade établissement fontaine fort foyer
    gare groupe gymnase hameau hôpital hopital hôtel immeuble impasse institut jardin jetée
    kiosque lac lotissement lycée mairie maison marché maternelle médiathèque mediatheque métro
    metro mémorial mausolée monument montée mosquée musée palais parc parking parvis passage
    passerelle phare pinède piscine place pl plage pont port porte pharmacie promenade quai
    quartier résidence residence restaurant rocade rond-point route rte rue ruelle salle sentier
    square stade station statue synagogue tabac temple terrain théâtre theatre tour traverse
    tram tramway tunnel université vallon villa voie zac
    """
)
# What stands between such a word and the name.
BETWEEN = words(
    """
    de du des d la le les l et à au aux n n° bis ter
    ancien ancienne grand grande petit petit petite vieux vieille nouveau nouvelle scolaire sportif
    sociale social municipal municipale élémentaire primaire maternelle bus
    abbé amiral capitaine colonel commandant docteur dr frère frères général gal lieutenant maréchal
    mal marquis pasteur père président professeur pr roi reine saint sainte sergent st ste
    """
)
TITLES = words("m mr mrs monsieur mme mlle madame mademoiselle maître docteur dr")
# Behind a title these are no name: "monsieur le maire".
NOT_NAMES = words(
    """
    bonjour bonsoir et ou le la les l un une de du des je j il elle on nous vous ils qui que qu a à
    au aux c ce cet cette est était ne n pas plus merci mon ma mes votre vos notre maire mairie
    agent agents madame monsieur mesdames messieurs cordialement svp s'il si pour dans sur avec
    m mme mr jette dépose habite tous toute toutes veut fait appelle ont dit occupe
    """
)
# A single word is a person's name only behind one of these.
RELATIONS = words(
    """
    voisin voisine voisins gardien gardienne concierge propriétaire proprio locataire patron
    patronne gérant gérante fils fille frère soeur sœur mari femme famille cousin cousine ami amie
    nommé nommée dénommé dénommée certain certaine chez appelle surnommé boulanger boucher coiffeur
    garagiste épicier enfant enfants gamin gamins coupable responsable artisan ouvrier livreur
    nomme nommee denomme denommee proprietaire gerant gerante soeurs
    collègue collegue oncle tante tonton mamie papi copain copine beau-frère belle-soeur mère mere
    père pere maman papa
    """
)
# Never a name behind one of these words, however it is written.
COMMON = words(
    """
    abandonne abîme accepte appelle arrache arrose avait avaient avoir bloque boit brule brûle
    brulent cache casse cassé cassée cassent coupe crache crie déborde demande depose déposent
    dit disent donne dort entasse entrepose est était faisait font fume gare garent gère
    habitent insulte jettent jetait laisse laissent lave mange menace met mettait mettent monte
    nettoie nourrit nourrissait occupe ont parle pose prend refuse répare ramasse reste roule
    salit sort sortent stationne stocke tague taguent tape tond travaille urine utilise vend
    verse vide vident vient vit vole déjà encore toujours jamais souvent hier demain aujourd'hui
    lundi mardi mercredi jeudi vendredi samedi dimanche matin soir nuit jour jours semaine mois
    fois beaucoup trop bien mal ici là ca ça partout dehors dedans derrière derriere devant
    dessus dessous côté cote face haut bas près pres vers chez entre contre sans sous depuis
    pendant avant après apres car donc mais comme quand où jeune jeunes vieux vieille vieilles
    âgé âgée gentil gentille sale sales propre propres grand grande petit petite gros grosse
    méchant fou folle malade handicapé bruyant bruyante bruyants immédiat indélicat indélicats
    inconnu inconnue inconnus autre autres même plusieurs deux trois quatre cinq nouveau
    nouvelle ancien ancienne principal seul seule rien personne quelqu'un lui leur leurs son sa
    ses ces nos moi toi soi eux celui celle ceux cela ceci voiture camion maison travaux
    chantier enfant chien chienne chat temps eau vent pluie terre mégarde moi-même nombre type
    monsieur-là dame homme femme gens mec individu
    """
)
OWN_NAME = (
    "je m'appelle",
    "je m’appelle",
    "je me nomme",
    "je me présente",
    "mon nom est",
    "moi c'est",
    "moi c’est",
    "moi, c'est",
    "ici",
    "je suis",
    "signé",
    "signature",
    "cordialement",
    "merci d'avance",
    "merci",
)
# Taken for people by the model now and then.
NEVER = words(
    """
    abribus action afflelou aldi auchan allo bonjour bonsoir bouygues canapé carrefour castorama
    casino cliiink cordialement darty decathlon déchets emmaüs emmaus dépôt encombrants fiat
    frigo ikea leclerc lidl matelas merci mercedes métropole nid ordures peugeot picard poubelle
    poubelles renault rtm sofa sos tag tags trou urgence urgent vélo véolia zara
    """
)
