"""What people write for short in a text message, and the words it stands for.

Only what has one meaning in this service: "c" is "c'est" and "g" is "j'ai" before anything but an
apostrophe. What is merely spelt by ear ("poubele") is the business of ``spelling``.
"""

from __future__ import annotations

_LISTED = """
slt salut; bjr bonjour; bsr bonsoir; cc coucou; wsh salut; wesh salut
svp s'il vous plaît; stp s'il te plaît; dsl désolé; mrc merci; mci merci
jsuis je suis; jsui je suis; chui je suis; jpeux je peux; jpeu je peux; jveux je veux; jveu je veux
jvoudrais je voudrais; jcomprends je comprends; jcomprend je comprends; jcroi je crois
jai j'ai; jte je te; jme je me; g j'ai; c c'est; cé c'est; cest c'est
ya il y a; yavait il y avait; fo il faut; fodrait il faudrait
pk pourquoi; pq pourquoi; pkoi pourquoi; pourkoi pourquoi; parske parce que; psk parce que
pcq parce que; koi quoi; kwa quoi; ke que; ki qui; kel quel; kelle quelle; kan quand; kand quand
qd quand; komen comment; coment comment; kombien combien; conbien combien; cb combien; cmb combien
qqn quelqu'un; kelkun quelqu'un; qqch quelque chose; tlm tout le monde
pr pour; ds dans; dan dans; dla de la; ac avec; avc avec; dc donc; mé mais; tt tout
vs vous; vou vous; ns nous; nn non; nan non; wi oui; vla voilà; vlà voilà
bcp beaucoup; bp beaucoup; tjs toujours; tjr toujours; mtn maintenant; jamai jamais
ojd aujourd'hui; ajd aujourd'hui; rdv rendez-vous; pb problème; hs hors service
msg message; tel téléphone; pts points; pt point; poin point; kdo cadeau; kdos cadeaux
bd boulevard; bld boulevard; av avenue; imp impasse; pl place; chem chemin
"""
SMS_WORDS: dict[str, str] = {
    short: meant
    for entry in _LISTED.replace("\n", ";").split(";")
    if entry.strip()
    for short, _, meant in [entry.strip().partition(" ")]
}
