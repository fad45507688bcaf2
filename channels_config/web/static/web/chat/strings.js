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
    tooLong: "Ce message est trop long.",
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
    tooLong: "This message is too long.",
    you: "You:",
    bot: "Assistant:",
    agent: "Adviser:",
    system: "Information:",
  },
};

/** The texts of `locale` ("fr-FR" and "fr" alike); French when we have no translation. */
export function stringsFor(locale) {
  return STRINGS[(locale || "fr").slice(0, 2).toLowerCase()] ?? STRINGS.fr;
}
