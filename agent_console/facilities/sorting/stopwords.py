"""Words that people say around a waste; folded, without accents."""

# Never part of a waste.
STOP = """
    a ai as au aux avec avoir bac bonjour bonsoir c ca ce cela ces cet cette chez cinq combien
    comment d dans de debarrasser deposer des deux dix dois doit du elle en est et etre faire
    faut fois il ils j je jetable jeter jette jetter jettes l la laquelle le lequel les leur
    lui m ma mais me merci mes met mets mettez mettre moi mon n ne nos notre nous on ou par pas
    peut peux plait plus plusieurs poser poubelle pour puis qu quand quatre que quel quelle
    quelles quelque quelques quels qui quoi recyclage recycle recycler sa sais salut savoir se
    ses si sil six son sont sur svp ta te tes ton tri trier trois tu un une va vais veux vos
    votre voudrais vous y
"""
# Quantity and condition: in a question they count a little, so that "verre cassé" differs from
# "verre"; in a rule's name they count in full ("sac d’aspirateur").
FAINT = """
    abime abimee ancien ancienne beaucoup boite casse cassee chose dechet enorme entame entamee
    fini finie fonctionne grand grande gros grosse kilo litre lot marche metre morceau neuf
    neuve objet panne paquet perime perimee petit petite peu plein pleine propre reste sac sale
    tas truc usage usagee use usee vide vieil vieille vieilles vieux
"""
