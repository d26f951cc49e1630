namespace Facteur.Accounts;

/// <summary>256 French words that are easy to hear and to type: no accent, no pair that sounds alike in an ending.</summary>
internal static class PasswordWords
{
    public static IReadOnlyList<string> All { get; } =
    [
        "abeille", "abricot", "acacia", "agneau", "aiguille", "album", "alpage", "ambre", "amiral", "anneau", "appui", "arche", "ardoise",
        "armoire", "arome", "aurore", "autruche", "avoine", "azur", "bagage", "balcon", "baleine", "bambou", "banane", "banque", "barque",
        "bateau", "baton", "berger", "beurre", "bijou", "biscuit", "blason", "bocal", "bois", "bonbon", "bonnet", "botte", "bouchon",
        "boulon", "bouquet", "boussole", "bouton", "brebis", "brique", "brosse", "brume", "buisson", "bulle", "cabane", "cactus",
        "cadeau", "caillou", "calcul", "canal", "canard", "carafe", "carnet", "carton", "cascade", "cerf", "cerise", "chameau", "champ",
        "chapeau", "chariot", "chat", "chemin", "chemise", "chevre", "cigale", "ciment", "citron", "clavier", "cloche", "clou", "coffre",
        "colombe", "compas", "copain", "coquille", "corail", "corde", "cornet", "coussin", "couteau", "craie", "crayon", "cuivre",
        "culture", "dauphin", "dessert", "docteur", "domino", "drapeau", "dune", "ecorce", "ecureuil", "encre", "epice", "eponge",
        "escalier", "etang", "fable", "facteur", "falaise", "fanfare", "faucon", "fenouil", "feuille", "ficelle", "filet", "flacon",
        "flamme", "fleuve", "flocon", "foin", "fontaine", "forge", "fougere", "fourmi", "fraise", "fromage", "fusain", "galop", "garage",
        "gateau", "genet", "girafe", "glace", "gland", "gorge", "goutte", "grange", "grenier", "grotte", "guitare", "haricot", "herbe",
        "hibou", "horloge", "image", "iris", "jasmin", "jonquille", "journal", "kayak", "lagune", "lampe", "lanterne", "laurier",
        "lavande", "levain", "lezard", "lilas", "linge", "loupe", "lucarne", "lune", "magnolia", "malle", "manche", "mandarine", "marche",
        "marmite", "matin", "melon", "merle", "meuble", "minute", "miroir", "montagne", "moulin", "mouton", "muguet", "musique", "navire",
        "neige", "noisette", "novembre", "numero", "oasis", "olive", "ombre", "orange", "orchidee", "orge", "ortie", "paille", "palmier",
        "paon", "papier", "parasol", "parfum", "patate", "peche", "peigne", "pendule", "perle", "phare", "piano", "pin", "pinceau",
        "piscine", "pivert", "plume", "poire", "pomme", "pont", "poterie", "prairie", "prune", "quartz", "quille", "radeau", "raisin",
        "regard", "renard", "rivage", "riviere", "rocher", "roseau", "ruche", "ruisseau", "sabot", "safran", "salade", "saule", "savon",
        "sirop", "soleil", "source", "souris", "tabouret", "talus", "tapis", "tartine", "thym", "tigre", "timbre", "toiture", "tomate",
        "tortue", "tournesol", "tresor", "trompette", "tulipe", "tunnel", "vallee", "vanille", "verger", "vigne", "violon", "voile",
        "voyage", "wagon",
    ];
}
