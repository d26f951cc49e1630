import type en from "../en/offline";
import type { Texts } from "../texts";

export default {
  "offline.title": "Notifications et hors ligne",
  "offline.notices": "Me prévenir des nouveaux messages",
  "offline.noticesHelp": "Qui a écrit et à quel sujet, pendant que vous ne regardez pas Facteur.",
  "offline.reach.open": "Activé tant qu’une page de Facteur est ouverte : ce navigateur ne peut pas être prévenu autrement.",
  "offline.reach.closed": "Activé, même quand aucune page de Facteur n’est ouverte.",
  "offline.reach.denied": "Le navigateur ne le permet pas. Ses réglages pour ce site, à côté de l’adresse, le disent.",
  "offline.keep": { one: "Garder le courrier du dernier jour dans ce navigateur", other: "Garder le courrier des {count} derniers jours dans ce navigateur" },
  "offline.more": "Combien de jours, et ce qui est gardé ici",
  "offline.keepHelp": "Il s’ouvre aussitôt et se lit sans connexion ; ce que vous faites entre-temps est envoyé plus tard. Se déconnecter l’efface.",
  "offline.sent": { one: "De nouveau connecté : ce que vous avez fait entre-temps est fait.", other: "De nouveau connecté : les {count} choses faites entre-temps sont faites." },
  "offline.refused": { one: "Une action faite sans connexion a été refusée : {why}. Le message est affiché tel qu’il est.", other: "Ce que vous avez fait sans connexion à {count} messages a été refusé : {why}. Ils sont affichés tels qu’ils sont." },
  "offline.newVersion": "Nouvelle version.",
  "offline.reload": "Recharger",
  "offline.bringingUp": "Enregistrement de ce qui ne l’est pas encore…",
  "offline.signOutLater": "Pas de connexion. Déconnectez-vous quand elle sera revenue : rien n’est perdu d’ici là.",
  "offline.signOutTitle": "Se déconnecter ?",
  "offline.signOutLoses": "Ceci n’a pas pu être enregistré sur le serveur, ne se trouve que dans ce navigateur, et serait effacé :",
  "offline.leftDraft": "Brouillon : {subject}",
  "offline.leftOutgoing": "À envoyer : {subject}",
  "offline.leftMore": { one: "{count} autre message", other: "{count} autres messages" },
  "offline.leftChanges": { one: "{count} action qui attend la connexion", other: "{count} actions qui attendent la connexion" },
  "offline.signOutAnyway": "Effacer et se déconnecter",
  "offline.stay": "Rester connecté",
} satisfies Texts<typeof en>;
