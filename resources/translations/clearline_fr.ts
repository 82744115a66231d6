<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>Sessions &amp;récentes</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Fichier</translation>
    </message>
    <message>
        <source>&amp;Targets</source>
        <translation>&amp;Cibles</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Affichage</translation>
    </message>
    <message>
        <source>&amp;Graph</source>
        <translation>&amp;Graphique</translation>
    </message>
    <message>
        <source>&amp;Add a target</source>
        <translation>&amp;Ajouter une cible</translation>
    </message>
    <message>
        <source>Add a &amp;list of targets…</source>
        <translation>Ajouter une &amp;liste de cibles…</translation>
    </message>
    <message>
        <source>&amp;Open a session…</source>
        <translation>&amp;Ouvrir une session…</translation>
    </message>
    <message>
        <source>Open a &amp;plan…</source>
        <translation>Ouvrir un &amp;plan…</translation>
    </message>
    <message>
        <source>&amp;Save the plan as…</source>
        <translation>&amp;Enregistrer le plan sous…</translation>
    </message>
    <message>
        <source>Practice &amp;lab…</source>
        <translation>&amp;Labo d’exercice…</translation>
    </message>
    <message>
        <source>Session li&amp;brary</source>
        <translation>&amp;Bibliothèque de sessions</translation>
    </message>
    <message>
        <source>Recording r&amp;ules…</source>
        <translation>Règle&amp;s d’enregistrement…</translation>
    </message>
    <message>
        <source>Lo&amp;g</source>
        <translation>&amp;Journal</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Quitter</translation>
    </message>
    <message>
        <source>&amp;Pause or go on</source>
        <translation>Mettre en &amp;pause ou reprendre</translation>
    </message>
    <message>
        <source>&amp;Check now</source>
        <translation>&amp;Vérifier maintenant</translation>
    </message>
    <message>
        <source>Drop a &amp;marker…</source>
        <translation>Poser un &amp;repère…</translation>
    </message>
    <message>
        <source>Close the &amp;breaker</source>
        <translation>Fermer le &amp;disjoncteur</translation>
    </message>
    <message>
        <source>Cop&amp;y as curl</source>
        <translation>Copier pour c&amp;url</translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation>&amp;Modifier…</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Supprimer</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>A&amp;nnuler</translation>
    </message>
    <message>
        <source>&amp;Filter</source>
        <translation>&amp;Filtrer</translation>
    </message>
    <message>
        <source>Follow the &amp;present</source>
        <translation>Suivre en &amp;direct</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Zoom a&amp;vant</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Zoom arr&amp;ière</translation>
    </message>
    <message>
        <source>&amp;Earlier</source>
        <translation>Plus &amp;tôt</translation>
    </message>
    <message>
        <source>La&amp;ter</source>
        <translation>&amp;Plus tard</translation>
    </message>
    <message>
        <source>&amp;Light theme</source>
        <translation>Thème &amp;clair</translation>
    </message>
    <message>
        <source>&amp;Dark theme</source>
        <translation>Thème &amp;sombre</translation>
    </message>
    <message>
        <source>Theme of the &amp;system</source>
        <translation>Thème du s&amp;ystème</translation>
    </message>
    <message>
        <source>&amp;Order of the list</source>
        <translation>&amp;Ordre de la liste</translation>
    </message>
    <message>
        <source>&amp;Import targets from a file…</source>
        <translation>&amp;Importer des cibles d’un fichier…</translation>
    </message>
    <message>
        <source>Re&amp;do</source>
        <translation>Réta&amp;blir</translation>
    </message>
    <message>
        <source>As in the &amp;plan</source>
        <translation>Comme dans le &amp;plan</translation>
    </message>
    <message>
        <source>By &amp;name</source>
        <translation>Par &amp;nom</translation>
    </message>
    <message>
        <source>&amp;Worst first</source>
        <translation>Les &amp;pires d’abord</translation>
    </message>
    <message>
        <source>&amp;Slowest first</source>
        <translation>Les plus &amp;lentes d’abord</translation>
    </message>
    <message>
        <source>Most &amp;failures first</source>
        <translation>Le plus d’éc&amp;hecs d’abord</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>A&amp;ide</translation>
    </message>
    <message>
        <source>S&amp;ettings</source>
        <translation>Ré&amp;glages</translation>
    </message>
    <message>
        <source>Pr&amp;int…</source>
        <translation>&amp;Imprimer…</translation>
    </message>
    <message>
        <source>Compare &amp;without the proxy</source>
        <translation>&amp;Comparer sans le proxy</translation>
    </message>
    <message>
        <source>&amp;Compare sessions…</source>
        <translation>&amp;Comparer des sessions…</translation>
    </message>
    <message>
        <source>S&amp;hare a report…</source>
        <translation>Par&amp;tager un rapport…</translation>
    </message>
    <message>
        <source>&amp;Try another policy…</source>
        <translation>Essa&amp;yer une autre politique…</translation>
    </message>
    <message>
        <source>Previous o&amp;utage</source>
        <translation>P&amp;anne précédente</translation>
    </message>
    <message>
        <source>Ne&amp;xt outage</source>
        <translation>Panne s&amp;uivante</translation>
    </message>
    <message>
        <source>Dia&amp;gnose</source>
        <translation>Dia&amp;gnostiquer</translation>
    </message>
    <message>
        <source>Compare wit&amp;h another computer…</source>
        <translation>Comparer avec un autre ordina&amp;teur…</translation>
    </message>
</context>
<context>
    <name>AddressBar</name>
    <message>
        <source>Type or paste a host, URL or host:port, then Enter   (Ctrl+L)</source>
        <translation>Écrivez ou collez un hôte, une URL ou hôte:port, puis Entrée   (Ctrl+L)</translation>
    </message>
    <message>
        <source>Host, URL or host:port</source>
        <translation>Hôte, URL ou hôte:port</translation>
    </message>
    <message>
        <source>Address to test</source>
        <translation>Adresse à tester</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Ajouter</translation>
    </message>
    <message>
        <source>Add this target and start checking it (Enter)</source>
        <translation>Ajouter cette cible et commencer à la vérifier (Entrée)</translation>
    </message>
    <message>
        <source>https://host/path or host:port, or a pasted list (Ctrl+L).
Also h3, tcp, tls, banner, ws, wss, udp, dns, ntp, beat (a long connection), icmp, path, mtu with ://</source>
        <translation>https://hôte/chemin ou hôte:port, ou une liste collée (Ctrl+L).
Aussi h3, tcp, tls, banner, ws, wss, udp, dns, ntp, beat (une longue connexion), icmp, path, mtu avec&#xa0;://</translation>
    </message>
    <message>
        <source>Diagnose</source>
        <translation>Diagnostiquer</translation>
    </message>
    <message>
        <source>Find out what is wrong: with the typed address (Ctrl+Enter), else with the selected target (Ctrl+D)</source>
        <translation>Chercher ce qui ne va pas&#xa0;: avec l’adresse saisie (Ctrl+Entrée), sinon avec la cible choisie (Ctrl+D)</translation>
    </message>
</context>
<context>
    <name>AllTargetsView</name>
    <message numerus="yes">
        <source>{0} targets, {1} to {2}.</source>
        <translation>
            <numerusform>{0} cible, de {1} à {2}.</numerusform>
            <numerusform>{0} cibles, de {1} à {2}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>Something in Clearline failed ({line}). It goes on, and what was recorded is safe.</source>
        <translation>Quelque chose a échoué dans Clearline ({line}). Il continue, et ce qui a été enregistré est en sûreté.</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>Montrer le rapport</translation>
    </message>
    <message>
        <source>Clearline ended unexpectedly last time. Your plan is back, and what was recorded is safe.</source>
        <translation>Clearline s’est arrêté de façon inattendue la dernière fois. Votre plan est de retour, et ce qui a été enregistré est en sûreté.</translation>
    </message>
    <message>
        <source>Open what was recorded</source>
        <translation>Ouvrir ce qui a été enregistré</translation>
    </message>
    <message>
        <source>Clearline ended while something was half typed. It was kept.</source>
        <translation>Clearline s’est arrêté pendant une saisie. Elle a été gardée.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Progress</source>
        <translation>Avancement</translation>
    </message>
</context>
<context>
    <name>ColumnHeadings</name>
    <message>
        <source>Target</source>
        <translation>Cible</translation>
    </message>
    <message>
        <source>Latest</source>
        <translation>Évolution</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>Dernier</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Perte</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Saved as {file}.</source>
        <translation>Enregistré sous {file}.</translation>
    </message>
    <message>
        <source>Compare two sessions</source>
        <translation>Comparer deux sessions</translation>
    </message>
    <message>
        <source>Session A</source>
        <translation>Session A</translation>
    </message>
    <message>
        <source>Session B</source>
        <translation>Session B</translation>
    </message>
    <message>
        <source>Where A is divided</source>
        <translation>Où A est divisée</translation>
    </message>
    <message>
        <source>Ticket code</source>
        <translation>Code de ticket</translation>
    </message>
    <message>
        <source>Ticket code that one of them was redacted with</source>
        <translation>Code de ticket avec lequel l’une a été expurgée</translation>
    </message>
    <message>
        <source>Share this comparison…</source>
        <translation>Partager cette comparaison…</translation>
    </message>
    <message>
        <source>Save it as a page, a PDF or a text</source>
        <translation>L’enregistrer comme page, PDF ou texte</translation>
    </message>
    <message>
        <source>Medians, p95 and loss of both sessions</source>
        <translation>Médianes, p95 et perte des deux sessions</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>Ce qui a changé</translation>
    </message>
    <message>
        <source>What else differs</source>
        <translation>Ce qui diffère encore</translation>
    </message>
    <message>
        <source>Another file…</source>
        <translation>Un autre fichier…</translation>
    </message>
    <message>
        <source>Choose a session</source>
        <translation>Choisir une session</translation>
    </message>
    <message>
        <source>The same, divided in two</source>
        <translation>La même, divisée en deux</translation>
    </message>
    <message>
        <source>Divide it at…</source>
        <translation>La diviser à…</translation>
    </message>
    <message>
        <source>Choose two sessions, or one and where to divide it.</source>
        <translation>Choisissez deux sessions, ou une seule et où la diviser.</translation>
    </message>
</context>
<context>
    <name>ComparingCommands</name>
    <message>
        <source>Sessions (*.clearline)</source>
        <translation>Sessions (*.clearline)</translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation>Ouvrir une session</translation>
    </message>
    <message>
        <source>Page (*.html);;PDF (*.pdf);;Text (*.txt)</source>
        <translation>Page (*.html);;PDF (*.pdf);;Texte (*.txt)</translation>
    </message>
    <message>
        <source>Save the comparison as</source>
        <translation>Enregistrer la comparaison sous</translation>
    </message>
</context>
<context>
    <name>ControlPanel</name>
    <message numerus="yes">
        <source> failures</source>
        <translation>
            <numerusform> échec</numerusform>
            <numerusform> échecs</numerusform>
        </translation>
    </message>
    <message>
        <source>Mend what is marked; until then the settings before stay in force.</source>
        <translation>Corrigez ce qui est marqué&#xa0;; d’ici là, les réglages d’avant restent en vigueur.</translation>
    </message>
    <message>
        <source>Worst case {span} before the user sees an error.</source>
        <translation>Au pire, {span} avant que l’utilisateur voie une erreur.</translation>
    </message>
    <message>
        <source>If all attempts fail at once: {span}.</source>
        <translation>Si tout échoue aussitôt&#xa0;: {span}.</translation>
    </message>
    <message>
        <source>How we connect</source>
        <translation>Notre façon de nous connecter</translation>
    </message>
    <message>
        <source>All settings</source>
        <translation>Tous les réglages</translation>
    </message>
    <message>
        <source>Show the other limits, pauses and breaker settings of this profile</source>
        <translation>Montrer les autres limites, pauses et réglages du disjoncteur de ce profil</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatique</translation>
    </message>
    <message>
        <source>Observe only</source>
        <translation>Observer</translation>
    </message>
    <message>
        <source>Isolated</source>
        <translation>Isolé</translation>
    </message>
    <message>
        <source>Fail fast</source>
        <translation>Échouer vite</translation>
    </message>
    <message>
        <source>Fail safe</source>
        <translation>Continuer</translation>
    </message>
    <message>
        <source>Time limits</source>
        <translation>Limites de temps</translation>
    </message>
    <message>
        <source>Retries</source>
        <translation>Reprises</translation>
    </message>
    <message>
        <source>Circuit breaker</source>
        <translation>Disjoncteur</translation>
    </message>
    <message>
        <source>Retry budget</source>
        <translation>Budget de reprises</translation>
    </message>
    <message>
        <source>Adaptive limits</source>
        <translation>Limites adaptatives</translation>
    </message>
    <message>
        <source>Fallback</source>
        <translation>Secours</translation>
    </message>
    <message>
        <source>Limit retries to a budget</source>
        <translation>Limiter les reprises à un budget</translation>
    </message>
    <message>
        <source>Let limits follow what the host takes</source>
        <translation>Limites suivant le temps de l’hôte</translation>
    </message>
    <message>
        <source>Wait as long as the server asks</source>
        <translation>Attendre si le serveur le demande</translation>
    </message>
    <message>
        <source>Send an idempotency key</source>
        <translation>Envoyer une clé d’idempotence</translation>
    </message>
    <message>
        <source>Go on with a default value</source>
        <translation>Continuer avec une valeur par défaut</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Back-off</source>
        <translation>Pauses</translation>
    </message>
    <message>
        <source>Jitter</source>
        <translation>Aléa</translation>
    </message>
    <message>
        <source>Breaker</source>
        <translation>Disjoncteur</translation>
    </message>
    <message>
        <source>When all fails</source>
        <translation>Si tout échoue</translation>
    </message>
    <message>
        <source>Connect timeout</source>
        <translation>Limite de connexion</translation>
    </message>
    <message>
        <source>Answer timeout</source>
        <translation>Limite de réponse</translation>
    </message>
    <message>
        <source>Whole check</source>
        <translation>Limite totale</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Tentatives</translation>
    </message>
    <message>
        <source>Open after</source>
        <translation>Ouvert après</translation>
    </message>
    <message>
        <source>Try again after</source>
        <translation>Nouvel essai après</translation>
    </message>
    <message>
        <source>{name}: {low} to {high}</source>
        <translation>{name}&#xa0;: de {low} à {high}</translation>
    </message>
    <message>
        <source>Kept connections</source>
        <translation>Connexions gardées</translation>
    </message>
    <message>
        <source>TCP keep-alive</source>
        <translation>Maintien TCP (keep-alive)</translation>
    </message>
    <message>
        <source>Heartbeat of long connections</source>
        <translation>Battement des connexions longues</translation>
    </message>
    <message>
        <source>Keep web connections open</source>
        <translation>Garder les connexions web ouvertes</translation>
    </message>
    <message>
        <source>Use TCP keep-alive</source>
        <translation>Utiliser le keep-alive TCP</translation>
    </message>
    <message>
        <source>Services behind the target</source>
        <translation>Services derrière la cible</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>Go on</source>
        <translation>Reprendre</translation>
    </message>
    <message>
        <source>Pause all</source>
        <translation>Tout en pause</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>Expliquer</translation>
    </message>
    <message>
        <source>What is wrong, and how we connect</source>
        <translation>Ce qui ne va pas, et notre façon de nous connecter</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Chiffres</translation>
    </message>
    <message>
        <source>Counts, errors and percentiles, to reset and export</source>
        <translation>Nombres, erreurs et centiles, à remettre à zéro et à exporter</translation>
    </message>
    <message>
        <source>Practice lab</source>
        <translation>Labo</translation>
    </message>
    <message>
        <source>The scenario, and faults to make by hand</source>
        <translation>Le scénario, et des pannes à faire à la main</translation>
    </message>
    <message>
        <source>Pause all targets, or go on (Space pauses the selected ones)</source>
        <translation>Mettre toutes les cibles en pause, ou reprendre (Espace agit sur la sélection)</translation>
    </message>
    <message>
        <source>All targets</source>
        <translation>Toutes les cibles</translation>
    </message>
    <message>
        <source>Share…</source>
        <translation>Partager…</translation>
    </message>
    <message>
        <source>A report of the selected targets, to look at before it leaves (Ctrl+E)</source>
        <translation>Un rapport sur les cibles choisies, à regarder avant qu’il ne sorte (Ctrl+E)</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historique</translation>
    </message>
    <message>
        <source>Loss, outages and latency of the time on screen</source>
        <translation>Perte, pannes et latence de la période affichée</translation>
    </message>
    <message>
        <source>Diagnosis</source>
        <translation>Diagnostic</translation>
    </message>
    <message>
        <source>Every step from this computer to the target</source>
        <translation>Chaque étape, de cet ordinateur à la cible</translation>
    </message>
</context>
<context>
    <name>Diagnosis</name>
    <message>
        <source>Looking…</source>
        <translation>Recherche en cours…</translation>
    </message>
    <message>
        <source>being tested</source>
        <translation>test en cours</translation>
    </message>
    <message>
        <source>works</source>
        <translation>fonctionne</translation>
    </message>
    <message>
        <source>worth a look</source>
        <translation>à regarder</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>en échec</translation>
    </message>
    <message>
        <source>not needed</source>
        <translation>inutile</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>non atteint</translation>
    </message>
    <message>
        <source>not tested</source>
        <translation>non testé</translation>
    </message>
    <message>
        <source>This connects to up to three computers beside the target, on the same port, one a second. Nobody named them, and their owners may notice. Test them?</source>
        <translation>Ce test se connecte à trois ordinateurs voisins de la cible au plus, sur le même port, un par seconde. Personne ne les a nommés, et leurs responsables peuvent le remarquer. Les tester&#xa0;?</translation>
    </message>
    <message>
        <source>This asks hosts outside your company, once: {hosts}. They learn that this computer is on, and which name it looks for. Test?</source>
        <translation>Ce test interroge une fois des hôtes extérieurs à votre entreprise&#xa0;: {hosts}. Ils apprennent que cet ordinateur est allumé et quel nom il cherche. Tester&#xa0;?</translation>
    </message>
    <message>
        <source>This takes up to {span}: {count} connections to the target rest, each for a time of its own, and are then used again. One more is used every few seconds meanwhile. Test?</source>
        <translation>Ce test prend jusqu’à {span}&#xa0;: {count} connexions à la cible restent au repos, chacune un temps différent, puis servent à nouveau. Une autre sert pendant ce temps toutes les quelques secondes. Tester&#xa0;?</translation>
    </message>
    <message>
        <source>As recorded at {time}; nothing was tested for it</source>
        <translation>D’après l’enregistrement de {time}&#xa0;; rien n’a été testé pour cela</translation>
    </message>
    <message>
        <source>Running for {span}</source>
        <translation>En cours depuis {span}</translation>
    </message>
    <message>
        <source>Stopped at {time} after {span}</source>
        <translation>Arrêté à {time} après {span}</translation>
    </message>
    <message>
        <source>Diagnosed at {time} in {span}</source>
        <translation>Diagnostiqué à {time} en {span}</translation>
    </message>
    <message>
        <source>It answers again since {time}.</source>
        <translation>Répond de nouveau depuis {time}.</translation>
    </message>
    <message>
        <source>So it is since {time}.</source>
        <translation>C’est ainsi depuis {time}.</translation>
    </message>
    <message>
        <source>How sure:</source>
        <translation>Certitude&#xa0;:</translation>
    </message>
    <message>
        <source>Next:</source>
        <translation>À faire&#xa0;:</translation>
    </message>
    <message>
        <source>Call:</source>
        <translation>Appeler&#xa0;:</translation>
    </message>
    <message>
        <source>Works up to:</source>
        <translation>Fonctionne jusqu’à&#xa0;:</translation>
    </message>
    <message>
        <source>Fails first:</source>
        <translation>Premier échec&#xa0;:</translation>
    </message>
    <message>
        <source>This keeps a connection to the target open and unused for {span}, then uses it. Test?</source>
        <translation>Ce test garde une connexion à la cible ouverte et inutilisée pendant {span}, puis s’en sert. Tester&#xa0;?</translation>
    </message>
    <message>
        <source>This makes the line busy both ways: it reads up to {megabytes} MB from {source} for 8 s at most, and then sends up to {megabytes} MB to {upload} for 8 s at most. Others on the same line may notice. Test?</source>
        <translation>Ce test occupe la ligne dans les deux sens&#xa0;: il lit jusqu’à {megabytes}&#xa0;Mo depuis {source} pendant 8&#xa0;s au plus, puis envoie jusqu’à {megabytes}&#xa0;Mo à {upload} pendant 8&#xa0;s au plus. D’autres sur la même ligne peuvent le remarquer. Tester&#xa0;?</translation>
    </message>
    <message>
        <source>This moves up to {megabytes} MB: it sends to {upload} for 8 s at most, so that the line is busy. Others on the same line may notice. Test?</source>
        <translation>Ce test déplace jusqu’à {megabytes}&#xa0;Mo&#xa0;: il envoie à {upload} pendant 8&#xa0;s au plus, pour occuper la ligne. D’autres sur la même ligne peuvent le remarquer. Tester&#xa0;?</translation>
    </message>
    <message>
        <source>This moves up to {megabytes} MB: it reads from {source} for 8 s at most, so that the line is busy. Others on the same line may notice. Test?</source>
        <translation>Ce test déplace jusqu’à {megabytes}&#xa0;Mo&#xa0;: il lit depuis {source} pendant 8&#xa0;s au plus, pour occuper la ligne. D’autres sur la même ligne peuvent le remarquer. Tester&#xa0;?</translation>
    </message>
</context>
<context>
    <name>DiagnosisCommands</name>
    <message>
        <source>Your administrator allows no outside host, so this test cannot be made.</source>
        <translation>Votre administrateur n’autorise aucun hôte extérieur&#xa0;: ce test ne peut pas être fait.</translation>
    </message>
    <message>
        <source>Not allowed</source>
        <translation>Non autorisé</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Tester</translation>
    </message>
    <message>
        <source>Sessions and reports (*.clearline *.json *.jsonl *.txt);;All files (*)</source>
        <translation>Sessions et rapports (*.clearline *.json *.jsonl *.txt);;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Compare with another computer</source>
        <translation>Comparer avec un autre ordinateur</translation>
    </message>
</context>
<context>
    <name>DiagnosisPanel</name>
    <message>
        <source>Select a target, or type an address above and press Ctrl+Enter.</source>
        <translation>Choisissez une cible, ou saisissez une adresse en haut et appuyez sur Ctrl+Entrée.</translation>
    </message>
    <message>
        <source>Diagnose</source>
        <translation>Diagnostiquer</translation>
    </message>
    <message>
        <source>Find out what is wrong, in 6 s at most (Ctrl+D)</source>
        <translation>Chercher ce qui ne va pas, en 6 s au plus (Ctrl+D)</translation>
    </message>
    <message>
        <source>Again</source>
        <translation>Encore</translation>
    </message>
    <message>
        <source>At the moment shown</source>
        <translation>Au moment affiché</translation>
    </message>
    <message>
        <source>Judge what was recorded at the pointer or in the middle of the graphs; tests nothing (Ctrl+D)</source>
        <translation>Juger ce qui a été enregistré sous le pointeur, ou au milieu des graphiques&#xa0;; ne teste rien (Ctrl+D)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Arrêter</translation>
    </message>
    <message>
        <source>Stop the diagnosis where it is</source>
        <translation>Arrêter le diagnostic là où il en est</translation>
    </message>
    <message>
        <source>More thoroughly</source>
        <translation>Plus à fond</translation>
    </message>
    <message>
        <source>Take up to 30 s: repeated attempts and more patience</source>
        <translation>Prendre jusqu’à 30 s&#xa0;: essais répétés et plus de patience</translation>
    </message>
    <message>
        <source>Compare with another computer…</source>
        <translation>Comparer avec un autre ordinateur…</translation>
    </message>
    <message>
        <source>Open a session or a JSON report that a colleague recorded, and see what differs</source>
        <translation>Ouvrir une session ou un rapport JSON enregistré par un collègue et voir ce qui diffère</translation>
    </message>
    <message>
        <source>Ruled out</source>
        <translation>Écarté</translation>
    </message>
    <message>
        <source>Good to know</source>
        <translation>Bon à savoir</translation>
    </message>
    <message>
        <source>Not tested yet</source>
        <translation>Pas encore testé</translation>
    </message>
    <message>
        <source>From the other computer</source>
        <translation>Depuis l’autre ordinateur</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Tester</translation>
    </message>
    <message>
        <source>Not diagnosed yet. A diagnosis tests every step from this computer to the target.</source>
        <translation>Pas encore diagnostiquée. Un diagnostic teste chaque étape de cet ordinateur à la cible.</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Find out where a connection breaks</source>
        <translation>Trouvez où une connexion se rompt</translation>
    </message>
    <message>
        <source>Type an address above. Clearline keeps checking it, shows every step and records the proof.</source>
        <translation>Écrivez une adresse ci-dessus. Clearline la vérifie sans cesse, montre chaque étape et enregistre la preuve.</translation>
    </message>
    <message>
        <source>Opened lately</source>
        <translation>Ouvert récemment</translation>
    </message>
    <message>
        <source>Test something now</source>
        <translation>Tester tout de suite</translation>
    </message>
    <message>
        <source>A website, a server and its port, or a whole list pasted at once.</source>
        <translation>Un site, un serveur et son port, ou toute une liste collée d’un coup.</translation>
    </message>
    <message>
        <source>Open the practice lab</source>
        <translation>Ouvrir le labo d’exercice</translation>
    </message>
    <message>
        <source>Broken services made on this computer, to see what each fault looks like.</source>
        <translation>Des services en panne créés sur cet ordinateur, pour voir à quoi ressemble chaque panne.</translation>
    </message>
    <message>
        <source>Open a session…</source>
        <translation>Ouvrir une session…</translation>
    </message>
    <message>
        <source>A recording made here or sent by somebody else.</source>
        <translation>Un enregistrement fait ici ou envoyé par quelqu’un d’autre.</translation>
    </message>
</context>
<context>
    <name>Errands</name>
    <message>
        <source>That did not work</source>
        <translation>Cela n’a pas marché</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>Events</name>
    <message>
        <source>marker: {text}</source>
        <translation>repère&#xa0;: {text}</translation>
    </message>
    <message>
        <source>{state} for {span}</source>
        <translation>{state} pendant {span}</translation>
    </message>
    <message>
        <source>this computer: {text}</source>
        <translation>cet ordinateur&#xa0;: {text}</translation>
    </message>
    <message>
        <source>the probe engine runs again</source>
        <translation>le moteur de mesure tourne à nouveau</translation>
    </message>
    <message>
        <source>session started</source>
        <translation>session commencée</translation>
    </message>
    <message>
        <source>answers again</source>
        <translation>répond à nouveau</translation>
    </message>
    <message>
        <source>{state}: {reason}</source>
        <translation>{state}&#xa0;: {reason}</translation>
    </message>
    <message>
        <source>goes on with {source}</source>
        <translation>continue avec {source}</translation>
    </message>
    <message>
        <source>open for {span}: {reason}</source>
        <translation>ouvert pour {span}&#xa0;: {reason}</translation>
    </message>
    <message>
        <source>half-open: testing recovery</source>
        <translation>semi-ouvert&#xa0;: essai de rétablissement</translation>
    </message>
    <message>
        <source>half-open: {successes} of {needed} succeeded</source>
        <translation>semi-ouvert&#xa0;: {successes} succès sur {needed}</translation>
    </message>
    <message>
        <source>closed: {reason}</source>
        <translation>fermé&#xa0;: {reason}</translation>
    </message>
    <message>
        <source>isolated: {reason}</source>
        <translation>isolé&#xa0;: {reason}</translation>
    </message>
    <message>
        <source>the lab breaks it: {fault}</source>
        <translation>le labo la met en panne&#xa0;: {fault}</translation>
    </message>
    <message>
        <source>the lab mends it</source>
        <translation>le labo la rétablit</translation>
    </message>
    <message>
        <source>diagnosis: {title}</source>
        <translation>diagnostic&#xa0;: {title}</translation>
    </message>
    <message>
        <source>the clock was set back by {span}; nothing is lost, times go on as before</source>
        <translation>l’horloge a été reculée de {span}&#xa0;; rien n’est perdu, les heures continuent comme avant</translation>
    </message>
    <message>
        <source>the clock was set ahead by {span}; nothing is lost, times go on as before</source>
        <translation>l’horloge a été avancée de {span}&#xa0;; rien n’est perdu, les heures continuent comme avant</translation>
    </message>
</context>
<context>
    <name>EventsPanel</name>
    <message>
        <source>Events</source>
        <translation>Événements</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Tout</translation>
    </message>
    <message>
        <source>Show all events</source>
        <translation>Montrer tous les événements</translation>
    </message>
    <message>
        <source>Failures</source>
        <translation>Échecs</translation>
    </message>
    <message>
        <source>Show failures and recoveries only</source>
        <translation>Ne montrer que les échecs et les rétablissements</translation>
    </message>
    <message>
        <source>Breaker</source>
        <translation>Disj.</translation>
    </message>
    <message>
        <source>Show changes of circuit breakers only</source>
        <translation>Ne montrer que les changements des disjoncteurs</translation>
    </message>
    <message>
        <source>Tester</source>
        <translation>Poste</translation>
    </message>
    <message>
        <source>Show only what concerns this computer and the probe engine</source>
        <translation>Ne montrer que ce qui touche cet ordinateur et le moteur de mesure</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Show the log file: everything that was noted, line by line</source>
        <translation>Montrer le journal&#xa0;: tout ce qui a été noté, ligne par ligne</translation>
    </message>
    <message>
        <source>Show the log file</source>
        <translation>Montrer le journal</translation>
    </message>
    <message>
        <source>Nothing to tell.</source>
        <translation>Rien à signaler.</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Rechercher</translation>
    </message>
    <message>
        <source>Search events</source>
        <translation>Rechercher dans les événements</translation>
    </message>
    <message>
        <source>Show only events that hold these words</source>
        <translation>Ne montrer que les événements qui contiennent ces mots</translation>
    </message>
    <message>
        <source>Events, newest first</source>
        <translation>Événements, les plus récents d’abord</translation>
    </message>
</context>
<context>
    <name>Evidence</name>
    <message>
        <source>Late answers</source>
        <translation>Réponses tardives</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>{0}; the wait for the repeat is no latency of the path</source>
        <translation>{0}&#xa0;; l’attente de la répétition ne dit rien de la latence du chemin</translation>
    </message>
    <message>
        <source>Connection requests</source>
        <translation>Demandes de connexion</translation>
    </message>
    <message>
        <source>Through the proxy</source>
        <translation>Par le proxy</translation>
    </message>
    <message>
        <source>Redirects ({0})</source>
        <translation>Redirections ({0})</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Réponse</translation>
    </message>
    <message>
        <source>Encryption</source>
        <translation>Chiffrement</translation>
    </message>
    <message>
        <source>by nobody: anybody could answer here</source>
        <translation>par personne&#xa0;: n’importe qui pourrait répondre ici</translation>
    </message>
    <message>
        <source>by the authority file of this target</source>
        <translation>par le fichier d’autorité de cette cible</translation>
    </message>
    <message>
        <source>by the authorities of this system</source>
        <translation>par les autorités de ce système</translation>
    </message>
    <message>
        <source>by the authorities that came with Clearline</source>
        <translation>par les autorités fournies avec Clearline</translation>
    </message>
    <message>
        <source>Certificate checked</source>
        <translation>Certificat vérifié</translation>
    </message>
    <message>
        <source>{0} (days left: {1})</source>
        <translation>{0} (jours restants&#xa0;: {1})</translation>
    </message>
    <message>
        <source>Certificate ends</source>
        <translation>Fin du certificat</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>Interrogé</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Réponses</translation>
    </message>
    <message>
        <source>the answer stands in the hosts file of this computer</source>
        <translation>la réponse figure dans le fichier hosts de cet ordinateur</translation>
    </message>
    <message>
        <source>the name was completed by a search domain</source>
        <translation>le nom a été complété par un domaine de recherche</translation>
    </message>
    <message>
        <source>the name servers disagree among themselves</source>
        <translation>les serveurs de noms se contredisent</translation>
    </message>
    <message>
        <source>the system’s answer differs from that of every name server</source>
        <translation>la réponse du système diffère de celle de chaque serveur de noms</translation>
    </message>
    <message>
        <source>Name servers compared</source>
        <translation>Serveurs de noms comparés</translation>
    </message>
    <message>
        <source>Keep-alive</source>
        <translation>Keep-alive</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Connexion</translation>
    </message>
    <message>
        <source>kept from an earlier check, unused for {0}: nothing was connected or encrypted</source>
        <translation>gardée d’une vérification précédente, inutilisée depuis {0}&#xa0;: ni connexion ni chiffrement à établir</translation>
    </message>
    <message>
        <source>a fresh one: the server had closed the kept one meanwhile</source>
        <translation>une nouvelle&#xa0;: le serveur avait fermé entre-temps celle qui était gardée</translation>
    </message>
    <message>
        <source>a fresh one</source>
        <translation>une nouvelle</translation>
    </message>
    <message>
        <source>Goes on with</source>
        <translation>Continue avec</translation>
    </message>
</context>
<context>
    <name>EvidencePanel</name>
    <message>
        <source>Nothing was tested yet.</source>
        <translation>Rien n’a encore été testé.</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Preuves</translation>
    </message>
    <message>
        <source>What the last attempt saw: way, encryption, answers; and as it was recorded</source>
        <translation>Ce que le dernier essai a vu&#xa0;: chemin, chiffrement, réponses&#xa0;; puis tel qu’enregistré</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>Copier pour curl</translation>
    </message>
    <message>
        <source>Copy this request as a curl command; secrets are masked</source>
        <translation>Copier cette requête sous forme de commande curl&#xa0;; les secrets sont masqués</translation>
    </message>
    <message>
        <source>The last attempt as it was recorded</source>
        <translation>Le dernier essai, tel qu’enregistré</translation>
    </message>
</context>
<context>
    <name>Explain</name>
    <message>
        <source>Next: {action} Pass to: {whose}.</source>
        <translation>À faire&#xa0;: {action} À voir avec&#xa0;: {whose}.</translation>
    </message>
    <message>
        <source>Nothing was tested yet.</source>
        <translation>Rien n’a encore été testé.</translation>
    </message>
    <message>
        <source>Everything that is watched answers.</source>
        <translation>Tout ce qui est suivi répond.</translation>
    </message>
    <message>
        <source>And {count} more.</source>
        <translation>Et {count} de plus.</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pause</translation>
    </message>
    <message>
        <source>Not tested yet</source>
        <translation>Pas encore testée</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>En service</translation>
    </message>
    <message>
        <source>Slow: takes longer than {limit}</source>
        <translation>Lente&#xa0;: plus de {limit}</translation>
    </message>
    <message>
        <source>{span} ago</source>
        <translation>il y a {span}</translation>
    </message>
    <message>
        <source>Half-open: testing recovery, {trial} of {needed}</source>
        <translation>Semi-ouvert&#xa0;: essai {trial} sur {needed}</translation>
    </message>
    <message>
        <source>Isolated by hand: nothing is sent</source>
        <translation>Isolé&#xa0;: rien n’est envoyé</translation>
    </message>
    <message>
        <source>Open: next check tests recovery</source>
        <translation>Ouvert&#xa0;: essai imminent</translation>
    </message>
    <message>
        <source>Open: tests recovery in {wait}</source>
        <translation>Ouvert&#xa0;: essai dans {wait}</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>En panne</translation>
    </message>
    <message>
        <source>Down: {fault}</source>
        <translation>En panne&#xa0;: {fault}</translation>
    </message>
    <message>
        <source>It is paused: nothing is sent.</source>
        <translation>Elle est en pause&#xa0;: rien n’est envoyé.</translation>
    </message>
    <message>
        <source>No check has ended yet.</source>
        <translation>Aucune vérification n’est encore terminée.</translation>
    </message>
    <message>
        <source>It answers, but slowly: {last} now, {median} in the middle.</source>
        <translation>Elle répond, mais lentement&#xa0;: {last} à présent, {median} en médiane.</translation>
    </message>
    <message>
        <source>Nothing: every check of late succeeded.</source>
        <translation>Rien&#xa0;: toutes les dernières vérifications ont réussi.</translation>
    </message>
    <message>
        <source>Nothing now. It failed before and is back since {time}.</source>
        <translation>Plus rien. Elle était en panne et répond de nouveau depuis {time}.</translation>
    </message>
    <message>
        <source>Failing since {time}; {loss} of the latest checks failed.</source>
        <translation>En échec depuis {time}&#xa0;; {loss} des dernières vérifications ont échoué.</translation>
    </message>
    <message>
        <source>{count} failing</source>
        <translation>{count} en panne</translation>
    </message>
    <message>
        <source>is slow: {latency}.</source>
        <translation>est lente&#xa0;: {latency}.</translation>
    </message>
    <message>
        <source>is down.</source>
        <translation>est en panne.</translation>
    </message>
    <message>
        <source>is being tested again. {fault}. Pass to: {whose}.</source>
        <translation>est de nouveau essayée. {fault}. À voir avec&#xa0;: {whose}.</translation>
    </message>
    <message>
        <source>fails since {time}. {fault}. Pass to: {whose}.</source>
        <translation>échoue depuis {time}. {fault}. À voir avec&#xa0;: {whose}.</translation>
    </message>
    <message>
        <source>{fault} after {time}</source>
        <translation>{fault} après {time}</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>pas atteinte</translation>
    </message>
    <message>
        <source>is isolated by hand: nothing is sent.</source>
        <translation>est isolée à la main&#xa0;: rien n’est envoyé.</translation>
    </message>
    <message>
        <source>All that are selected answer.</source>
        <translation>Toutes celles qui sont sélectionnées répondent.</translation>
    </message>
</context>
<context>
    <name>ExplainPanel</name>
    <message>
        <source>What is wrong</source>
        <translation>Ce qui ne va pas</translation>
    </message>
    <message>
        <source>Technical kind and evidence</source>
        <translation>Type technique et indices</translation>
    </message>
</context>
<context>
    <name>FaultButtons</name>
    <message>
        <source>fewer</source>
        <translation>moins</translation>
    </message>
    <message>
        <source>{count} more</source>
        <translation>{count} de plus</translation>
    </message>
    <message>
        <source>Show the rarer faults of this part, or hide them again</source>
        <translation>Montrer les pannes plus rares de cette partie, ou les cacher</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>Since {time}, {span}</source>
        <translation>Depuis {time}, {span}</translation>
    </message>
    <message>
        <source>No check has ended yet.</source>
        <translation>Aucune vérification n’est encore terminée.</translation>
    </message>
    <message>
        <source>Success at the first attempt</source>
        <translation>Succès au premier essai</translation>
    </message>
    <message>
        <source>Share of checks that needed no retry; retries hide what this shows.</source>
        <translation>Part des vérifications sans reprise&#xa0;; les reprises cachent ce que ceci montre.</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Perte</translation>
    </message>
    <message>
        <source>Loss is likely between</source>
        <translation>Perte probable entre</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Vérifications</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Échouées</translation>
    </message>
    <message>
        <source>Refused by the breaker</source>
        <translation>Refusées par le disjoncteur</translation>
    </message>
    <message>
        <source>Nothing was sent: the breaker was open.</source>
        <translation>Rien n’a été envoyé&#xa0;: le disjoncteur était ouvert.</translation>
    </message>
    <message>
        <source>Not made</source>
        <translation>Pas faites</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Tentatives</translation>
    </message>
    <message>
        <source>Retries</source>
        <translation>Reprises</translation>
    </message>
    <message>
        <source>Retries denied</source>
        <translation>Reprises refusées</translation>
    </message>
    <message>
        <source>The budget did not pay for them.</source>
        <translation>Le budget ne les a pas payées.</translation>
    </message>
    <message>
        <source>Timeouts</source>
        <translation>Délais dépassés</translation>
    </message>
    <message>
        <source>Attempts that ran out of time, in whatever phase.</source>
        <translation>Tentatives à court de temps, dans n’importe quelle phase.</translation>
    </message>
    <message>
        <source>Connection failures</source>
        <translation>Échecs de connexion</translation>
    </message>
    <message>
        <source>Attempts that failed before anything could be sent.</source>
        <translation>Tentatives échouées avant que rien n’ait pu être envoyé.</translation>
    </message>
    <message>
        <source>Waited between attempts</source>
        <translation>Pauses entre tentatives</translation>
    </message>
    <message>
        <source>This computer was busy or asleep meanwhile: they are in no other figure.</source>
        <translation>Cet ordinateur était occupé ou en veille&#xa0;: elles ne comptent dans aucun autre chiffre.</translation>
    </message>
    <message>
        <source>Disturbed</source>
        <translation>Perturbées</translation>
    </message>
    <message>
        <source>Stood in</source>
        <translation>Secours</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Aucune</translation>
    </message>
    <message>
        <source>No attempt has failed.</source>
        <translation>Aucune tentative n’a échoué.</translation>
    </message>
    <message>
        <source>Errors by kind</source>
        <translation>Erreurs par type</translation>
    </message>
    <message>
        <source>Nothing was tested yet.</source>
        <translation>Rien n’a encore été testé.</translation>
    </message>
    <message>
        <source>Time of the breaker</source>
        <translation>Temps du disjoncteur</translation>
    </message>
    <message>
        <source>Whole attempt</source>
        <translation>Tentative entière</translation>
    </message>
    <message>
        <source>count</source>
        <translation>nombre</translation>
    </message>
    <message>
        <source>Losses come</source>
        <translation>Les pertes surviennent</translation>
    </message>
    <message>
        <source>Times of successful attempts, in ms</source>
        <translation>Durées des tentatives réussies, en ms</translation>
    </message>
    <message>
        <source>{name} needs {needed} successes; so far {count}.</source>
        <translation>{name} demande {needed} succès&#xa0;; jusqu’ici {count}.</translation>
    </message>
</context>
<context>
    <name>FiguresModel</name>
    <message numerus="yes">
        <source>95% certain between {low} and {high}, from {count} checks (Wilson)</source>
        <translation>
            <numerusform>À 95&#xa0;% entre {low} et {high}, sur {count} vérification (Wilson)</numerusform>
            <numerusform>À 95&#xa0;% entre {low} et {high}, sur {count} vérifications (Wilson)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FiguresPanel</name>
    <message>
        <source>All targets</source>
        <translation>Toutes les cibles</translation>
    </message>
    <message>
        <source>Count anew</source>
        <translation>Recompter</translation>
    </message>
    <message>
        <source>Count all figures anew from now; the session file keeps everything</source>
        <translation>Recompter tous les chiffres à partir de maintenant&#xa0;; le fichier de session garde tout</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exporter…</translation>
    </message>
    <message>
        <source>Save these figures as JSON or CSV</source>
        <translation>Enregistrer ces chiffres en JSON ou en CSV</translation>
    </message>
</context>
<context>
    <name>FileCommands</name>
    <message>
        <source>Sessions (*.clearline)</source>
        <translation>Sessions (*.clearline)</translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation>Ouvrir une session</translation>
    </message>
    <message>
        <source>Open a plan</source>
        <translation>Ouvrir un plan</translation>
    </message>
    <message>
        <source>Plans (*.toml)</source>
        <translation>Plans (*.toml)</translation>
    </message>
    <message>
        <source>Save the plan as</source>
        <translation>Enregistrer le plan sous</translation>
    </message>
    <message>
        <source>JSON (*.json);;CSV (*.csv)</source>
        <translation>JSON (*.json);;CSV (*.csv)</translation>
    </message>
    <message>
        <source>Export the figures as</source>
        <translation>Exporter les chiffres sous</translation>
    </message>
    <message>
        <source>Which faults do you want to see? They are made on this computer; nothing leaves it.</source>
        <translation>Quelles pannes voulez-vous voir&#xa0;? Elles sont créées sur cet ordinateur&#xa0;; rien n’en sort.</translation>
    </message>
    <message>
        <source>Practice lab</source>
        <translation>Labo</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Démarrer</translation>
    </message>
    <message>
        <source>Lists of targets (*.csv *.txt *.tsv *.yml *.yaml hosts);;All files (*)</source>
        <translation>Listes de cibles (*.csv *.txt *.tsv *.yml *.yaml hosts);;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Go on with the recording rules</source>
        <translation>Reprendre les règles d’enregistrement</translation>
    </message>
    <message>
        <source>Import targets</source>
        <translation>Importer des cibles</translation>
    </message>
    <message>
        <source>Plans (*.toml);;Tables without secrets (*.csv)</source>
        <translation>Plans (*.toml);;Tableaux sans secrets (*.csv)</translation>
    </message>
</context>
<context>
    <name>HelpModel</name>
    <message>
        <source>States</source>
        <translation>États</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>Vocabulaire</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Clavier</translation>
    </message>
</context>
<context>
    <name>HelpView</name>
    <message>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <source>Search the help</source>
        <translation>Chercher dans l’aide</translation>
    </message>
    <message>
        <source>Show only what holds these words</source>
        <translation>Ne montrer que ce qui contient ces mots</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>Imprimer…</translation>
    </message>
    <message>
        <source>Print what is shown</source>
        <translation>Imprimer ce qui est montré</translation>
    </message>
    <message>
        <source>Help text</source>
        <translation>Texte de l’aide</translation>
    </message>
    <message>
        <source>Nothing holds all of these words. Try fewer, or another one.</source>
        <translation>Rien ne contient tous ces mots. Essayez-en moins, ou un autre.</translation>
    </message>
</context>
<context>
    <name>Keeping</name>
    <message>
        <source>Recording rules</source>
        <translation>Règles d’enregistrement</translation>
    </message>
    <message>
        <source>Use these rules</source>
        <translation>Appliquer ces règles</translation>
    </message>
    <message>
        <source>Everything is kept unless you choose otherwise. Rules for files delete the oldest sessions when Clearline starts, never one that was written to within the last hour.</source>
        <translation>Tout est conservé, sauf choix contraire. Les règles sur les fichiers suppriment les sessions les plus anciennes au démarrage de Clearline, jamais une session modifiée depuis moins d’une heure.</translation>
    </message>
    <message>
        <source>Begin a new file after</source>
        <translation>Commencer un nouveau fichier après</translation>
    </message>
    <message>
        <source> MB</source>
        <translation>&#xa0;Mo</translation>
    </message>
    <message>
        <source>Keep one success in ten after</source>
        <translation>Garder un succès sur dix après</translation>
    </message>
    <message>
        <source> hours</source>
        <translation>&#xa0;heures</translation>
    </message>
    <message>
        <source>Delete sessions after</source>
        <translation>Supprimer les sessions après</translation>
    </message>
    <message>
        <source> days</source>
        <translation>&#xa0;jours</translation>
    </message>
    <message>
        <source>Keep of all sessions at most</source>
        <translation>Garder de toutes les sessions au plus</translation>
    </message>
    <message>
        <source> GB</source>
        <translation>&#xa0;Go</translation>
    </message>
    <message>
        <source>never</source>
        <translation>jamais</translation>
    </message>
    <message>
        <source>Failures, checks and every graph stay as they are; only single old successes go.</source>
        <translation>Les échecs, les vérifications et tous les graphiques restent&#xa0;; seuls d’anciens succès isolés partent.</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>tout</translation>
    </message>
</context>
<context>
    <name>LabPanel</name>
    <message>
        <source>Applies to: {target}</source>
        <translation>Concerne&#xa0;: {target}</translation>
    </message>
    <message>
        <source>All is well there now.</source>
        <translation>Tout y va bien à présent.</translation>
    </message>
    <message>
        <source>On by hand: {fault}</source>
        <translation>À la main&#xa0;: {fault}</translation>
    </message>
    <message>
        <source>On by the scenario: {fault}</source>
        <translation>Par le scénario&#xa0;: {fault}</translation>
    </message>
    <message>
        <source>No fault can be made at this target. Choose another one.</source>
        <translation>Aucune panne ne peut être faite sur cette cible. Choisissez-en une autre.</translation>
    </message>
    <message>
        <source>Choose a target on the left; then press a fault to make it.</source>
        <translation>Choisissez une cible à gauche&#xa0;; puis cliquez sur une panne pour la faire.</translation>
    </message>
    <message>
        <source>The practice lab has stopped. Leave it and start it again.</source>
        <translation>Le labo d’exercice s’est arrêté. Quittez-le et redémarrez-le.</translation>
    </message>
    <message>
        <source>Scenario of {length}, at {time}</source>
        <translation>Scénario de {length}, à {time}</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Recommencer</translation>
    </message>
    <message>
        <source>Play the scenario from its beginning; faults made by hand go</source>
        <translation>Rejouer le scénario depuis le début&#xa0;; les pannes faites à la main cessent</translation>
    </message>
    <message>
        <source>Another scenario…</source>
        <translation>Autre scénario…</translation>
    </message>
    <message>
        <source>Choose another scenario of the practice lab</source>
        <translation>Choisir un autre scénario du labo d’exercice</translation>
    </message>
    <message>
        <source>Make a fault</source>
        <translation>Faire une panne</translation>
    </message>
    <message>
        <source>Let the scenario play on</source>
        <translation>Laisser le scénario continuer</translation>
    </message>
    <message>
        <source>Mend what was made by hand and follow the scenario again at this target</source>
        <translation>Réparer ce qui a été fait à la main et suivre à nouveau le scénario sur cette cible</translation>
    </message>
</context>
<context>
    <name>Library</name>
    <message>
        <source>Begun</source>
        <translation>Début</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>Cibles</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Longest outage</source>
        <translation>Panne la plus longue</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <source>{name}   cannot be opened</source>
        <translation>{name}   ne peut pas être ouvert</translation>
    </message>
    <message>
        <source>{span}   {target}: {fault}</source>
        <translation>{span}   {target}&#xa0;: {fault}</translation>
    </message>
    <message>
        <source>What failed</source>
        <translation>Ce qui a échoué</translation>
    </message>
</context>
<context>
    <name>LibraryView</name>
    <message>
        <source>Session library</source>
        <translation>Bibliothèque de sessions</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <source>Show the chosen session (Enter)</source>
        <translation>Montrer la session choisie (Entrée)</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ouvrir le dossier</translation>
    </message>
    <message>
        <source>Show the session files in {folder}</source>
        <translation>Montrer les fichiers de session dans {folder}</translation>
    </message>
    <message>
        <source>Search the sessions</source>
        <translation>Chercher dans les sessions</translation>
    </message>
    <message>
        <source>Sessions, newest first</source>
        <translation>Sessions, les plus récentes d’abord</translation>
    </message>
    <message>
        <source>Looking for sessions…</source>
        <translation>Recherche de sessions…</translation>
    </message>
    <message>
        <source>No session holds these words.</source>
        <translation>Aucune session ne contient ces mots.</translation>
    </message>
    <message>
        <source>Nothing was recorded yet. Every test is recorded here as soon as it begins.</source>
        <translation>Rien n’a encore été enregistré. Chaque test est enregistré ici dès qu’il commence.</translation>
    </message>
    <message>
        <source>The note on {name} was not saved: {reason}. Check that you may write to the folder of the sessions.</source>
        <translation>La note sur {name} n’a pas été enregistrée&#xa0;: {reason}. Vérifiez que vous avez le droit d’écrire dans le dossier des sessions.</translation>
    </message>
    <message>
        <source>Search name, target, date, outage, note</source>
        <translation>Chercher nom, cible, date, panne, note</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>What you want to remember about this session</source>
        <translation>Ce que vous voulez retenir de cette session</translation>
    </message>
    <message>
        <source>Note on the chosen session</source>
        <translation>Note sur la session choisie</translation>
    </message>
</context>
<context>
    <name>Log</name>
    <message>
        <source>error</source>
        <translation>erreur</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>alerte</translation>
    </message>
    <message>
        <source>detail</source>
        <translation>détail</translation>
    </message>
    <message>
        <source>info</source>
        <translation>info</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Heure</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Niveau</translation>
    </message>
    <message>
        <source>Target or part</source>
        <translation>Cible ou partie</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Ce qui s’est passé</translation>
    </message>
</context>
<context>
    <name>LogView</name>
    <message>
        <source>The log cannot be read: {reason}</source>
        <translation>Le journal ne peut pas être lu&#xa0;: {reason}</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Rechercher</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>Rechercher dans le journal</translation>
    </message>
    <message>
        <source>Show only lines that hold these words</source>
        <translation>Ne montrer que les lignes qui contiennent ces mots</translation>
    </message>
    <message>
        <source>All levels</source>
        <translation>Tous les niveaux</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>Alertes et erreurs</translation>
    </message>
    <message>
        <source>Errors only</source>
        <translation>Erreurs seulement</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Niveau</translation>
    </message>
    <message>
        <source>How grave a line must be to be shown</source>
        <translation>Gravité à partir de laquelle une ligne est montrée</translation>
    </message>
    <message>
        <source>Target or part</source>
        <translation>Cible ou partie</translation>
    </message>
    <message>
        <source>Show only lines about this target or part of Clearline</source>
        <translation>Ne montrer que les lignes sur cette cible ou cette partie de Clearline</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
    <message>
        <source>Copy the chosen lines, or all that are shown (Ctrl+C)</source>
        <translation>Copier les lignes choisies, ou toutes celles montrées (Ctrl+C)</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ouvrir le dossier</translation>
    </message>
    <message>
        <source>Show the log files in {folder}</source>
        <translation>Montrer les fichiers du journal dans {folder}</translation>
    </message>
    <message>
        <source>Log, newest first</source>
        <translation>Journal, le plus récent d’abord</translation>
    </message>
    <message>
        <source>The chosen line in full</source>
        <translation>La ligne choisie en entier</translation>
    </message>
    <message>
        <source>Choose a line to see all that was noted.</source>
        <translation>Choisissez une ligne pour voir tout ce qui a été noté.</translation>
    </message>
    <message>
        <source>All targets and parts</source>
        <translation>Toutes les cibles et parties</translation>
    </message>
    <message>
        <source>{shown} of {total}</source>
        <translation>{shown} sur {total}</translation>
    </message>
    <message>
        <source>Nothing passes the filters.</source>
        <translation>Rien ne passe les filtres.</translation>
    </message>
    <message>
        <source>Nothing was noted yet.</source>
        <translation>Rien n’a encore été noté.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Clearline</source>
        <translation>Clearline</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Put this notice away</source>
        <translation>Ranger cet avis</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>{count} targets fail</source>
        <translation>
            <numerusform>{count} cible échoue</numerusform>
            <numerusform>{count} cibles échouent</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} targets answer again</source>
        <translation>
            <numerusform>{count} cible répond de nouveau</numerusform>
            <numerusform>{count} cibles répondent de nouveau</numerusform>
        </translation>
    </message>
    <message>
        <source>Answer again: {names}</source>
        <translation>Répondent de nouveau&#xa0;: {names}</translation>
    </message>
    <message numerus="yes">
        <source>{names} and {count} more</source>
        <translation>
            <numerusform>{names} et {count} autre</numerusform>
            <numerusform>{names} et {count} autres</numerusform>
        </translation>
    </message>
    <message>
        <source>Your own network does not answer either: look there first.</source>
        <translation>Votre propre réseau ne répond pas non plus&#xa0;: commencez par là.</translation>
    </message>
    <message>
        <source>Nothing else outside answers either: look at the internet access first.</source>
        <translation>Rien d’autre ne répond à l’extérieur&#xa0;: cherchez d’abord du côté de l’accès à Internet.</translation>
    </message>
</context>
<context>
    <name>Notifier</name>
    <message>
        <source>Show the window</source>
        <translation>Montrer la fenêtre</translation>
    </message>
    <message>
        <source>Pause all, or go on</source>
        <translation>Tout mettre en pause, ou reprendre</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Quitter</translation>
    </message>
</context>
<context>
    <name>OutageModel</name>
    <message numerus="yes">
        <source>{0} checks without success</source>
        <translation>
            <numerusform>{0} vérification sans succès</numerusform>
            <numerusform>{0} vérifications sans succès</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} of them not sent</source>
        <translation>
            <numerusform>dont {0} non envoyée</numerusform>
            <numerusform>dont {0} non envoyées</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutsideSettings</name>
    <message>
        <source>none: the administrator allows no other host</source>
        <translation>aucun&#xa0;: l’administrateur n’autorise aucun autre hôte</translation>
    </message>
    <message>
        <source>Hosts that a diagnosis may contact</source>
        <translation>Hôtes qu’un diagnostic peut contacter</translation>
    </message>
    <message>
        <source>Only our company’s hosts</source>
        <translation>Seulement les hôtes de notre entreprise</translation>
    </message>
    <message>
        <source>Those on the list too</source>
        <translation>Ceux de la liste aussi</translation>
    </message>
    <message>
        <source>A rest test waits at most</source>
        <translation>Un test de repos attend au plus</translation>
    </message>
    <message>
        <source>Seconds that a rest test may wait at most</source>
        <translation>Secondes qu’un test de repos peut attendre au plus</translation>
    </message>
    <message>
        <source>Connections to the target rest at the same time, for 15, 30, 60, 120, 300 and 600 s up to this; asked about each time.</source>
        <translation>Des connexions à la cible restent au repos en même temps, 15, 30, 60, 120, 300 et 600&#xa0;s, jusqu’à cette durée&#xa0;; demandé chaque fois.</translation>
    </message>
    <message>
        <source>Known good targets of your company</source>
        <translation>Cibles de référence de votre entreprise</translation>
    </message>
    <message>
        <source>tcp://server.example:443</source>
        <translation>tcp://serveur.example:443</translation>
    </message>
    <message>
        <source>Up to {count} targets of your own that should always work: a diagnosis compares with them.</source>
        <translation>Jusqu’à {count} cibles à vous qui devraient toujours fonctionner&#xa0;: un diagnostic s’y compare.</translation>
    </message>
    <message>
        <source>Without the internet, or without permission, a diagnosis does all its other steps, says which one was not tested, and is less sure where that matters. Nothing else is ever contacted.</source>
        <translation>Sans Internet, ou sans permission, un diagnostic fait toutes ses autres étapes, dit laquelle n’a pas été testée, et se montre moins sûr là où cela compte. Rien d’autre n’est jamais contacté.</translation>
    </message>
    <message>
        <source>Your administrator decided this.</source>
        <translation>Votre administrateur en a décidé ainsi.</translation>
    </message>
    <message>
        <source>From {low} to {high} MB.</source>
        <translation>De {low} à {high}&#xa0;Mo.</translation>
    </message>
    <message>
        <source> MB</source>
        <translation>&#xa0;Mo</translation>
    </message>
    <message>
        <source>Megabytes that a load test may move at most</source>
        <translation>Mégaoctets qu’un test de charge peut déplacer au plus</translation>
    </message>
    <message>
        <source>From {low} to {high}.</source>
        <translation>De {low} à {high}.</translation>
    </message>
    <message>
        <source>They tell whether the internet can be reached and whether a sign-in page is in the way. While targets are watched, the first two are asked every five minutes, and up to four times a minute while targets fail. Their owners learn that this computer is on.</source>
        <translation>Ils disent si Internet est joignable et si une page de connexion barre la route. Pendant la surveillance, les deux premiers sont interrogés toutes les cinq minutes, et jusqu’à quatre fois par minute quand des cibles sont en échec. Leurs propriétaires apprennent que cet ordinateur est allumé.</translation>
    </message>
    <message>
        <source>The list</source>
        <translation>La liste</translation>
    </message>
    <message>
        <source>Known good targets</source>
        <translation>Cibles de référence</translation>
    </message>
    <message>
        <source>A load test moves at most</source>
        <translation>Un test de charge déplace au plus</translation>
    </message>
    <message>
        <source>Each way, for 8 s at most; read from the target or a known good one. Asked about each time.</source>
        <translation>Dans chaque sens, pendant 8&#xa0;s au plus&#xa0;; lus depuis la cible ou une cible de référence. Demandé chaque fois.</translation>
    </message>
    <message>
        <source>A load test sends to</source>
        <translation>Un test de charge envoie à</translation>
    </message>
    <message>
        <source>Address of your company that a load test sends to</source>
        <translation>Adresse de votre entreprise à laquelle un test de charge envoie</translation>
    </message>
    <message>
        <source>https://intranet.example/upload</source>
        <translation>https://intranet.example/upload</translation>
    </message>
    <message>
        <source>Your targets (through another network adapter too, where the one in use does not reach them), this network’s gateway, DNS servers and proxy, and your own addresses below. While targets are watched, gateway and DNS server are asked twice a minute whether they answer, and more often while a target fails.</source>
        <translation>Vos cibles (aussi par une autre carte réseau quand celle utilisée n’y mène pas), la passerelle, les serveurs DNS et le proxy de ce réseau, et vos propres adresses ci-dessous. Pendant que des cibles sont surveillées, on demande deux fois par minute à la passerelle et au serveur DNS s’ils répondent, et plus souvent quand une cible échoue.</translation>
    </message>
    <message>
        <source>An address of your own that takes as much again and throws it away. Without one, nothing is sent.</source>
        <translation>Une adresse à vous qui accepte d’en recevoir autant et le jette. Sans elle, rien n’est envoyé.</translation>
    </message>
</context>
<context>
    <name>Page</name>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>Back to the targets (Esc)</source>
        <translation>Revenir aux cibles (Échap)</translation>
    </message>
</context>
<context>
    <name>PasteDialog</name>
    <message>
        <source>Add a list of targets</source>
        <translation>Ajouter une liste de cibles</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Ajouter</translation>
    </message>
    <message>
        <source>Targets, one a line</source>
        <translation>Cibles, une par ligne</translation>
    </message>
    <message>
        <source>What each line becomes</source>
        <translation>Ce que devient chaque ligne</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>What was written</source>
        <translation>Ce qui est écrit</translation>
    </message>
    <message>
        <source>What it becomes</source>
        <translation>Ce que cela devient</translation>
    </message>
    <message>
        <source>New: {good}. Already there: {known}. Cannot be used: {bad}.</source>
        <translation>Nouvelles&#xa0;: {good}. Déjà là&#xa0;: {known}. Inutilisables&#xa0;: {bad}.</translation>
    </message>
    <message>
        <source>is there already</source>
        <translation>est déjà là</translation>
    </message>
    <message>
        <source>One target a line: an address, or address, name, group and tags separated by commas, semicolons or tabs.
A hosts file works too, and the modules of a blackbox_exporter. [Group] begins a group, # a comment.</source>
        <translation>Une cible par ligne&#xa0;: une adresse, ou adresse, nom, groupe et étiquettes séparés par des virgules, des points-virgules ou des tabulations.
Un fichier hosts convient aussi, ainsi que les modules d’un blackbox_exporter. [Groupe] commence un groupe, # un commentaire.</translation>
    </message>
    <message>
        <source>Addresses for the modules</source>
        <translation>Adresses pour les modules</translation>
    </message>
    <message>
        <source>Addresses that the modules are to test</source>
        <translation>Adresses que les modules doivent tester</translation>
    </message>
    <message>
        <source>not taken over: {options}</source>
        <translation>non repris&#xa0;: {options}</translation>
    </message>
</context>
<context>
    <name>PlanChanges</name>
    <message numerus="yes">
        <source>%n added: {names}</source>
        <translation>
            <numerusform>%n ajoutée&#xa0;: {names}</numerusform>
            <numerusform>%n ajoutées&#xa0;: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n removed: {names}</source>
        <translation>
            <numerusform>%n retirée&#xa0;: {names}</numerusform>
            <numerusform>%n retirées&#xa0;: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused: {names}</source>
        <translation>
            <numerusform>%n en pause&#xa0;: {names}</numerusform>
            <numerusform>%n en pause&#xa0;: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n going on: {names}</source>
        <translation>
            <numerusform>%n reprise&#xa0;: {names}</numerusform>
            <numerusform>%n reprises&#xa0;: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n edited: {names}</source>
        <translation>
            <numerusform>%n modifiée&#xa0;: {names}</numerusform>
            <numerusform>%n modifiées&#xa0;: {names}</numerusform>
        </translation>
    </message>
    <message>
        <source>profile “{name}” added</source>
        <translation>profil «&#xa0;{name}&#xa0;» ajouté</translation>
    </message>
    <message>
        <source>profile “{name}”: {changes}</source>
        <translation>profil «&#xa0;{name}&#xa0;»&#xa0;: {changes}</translation>
    </message>
    <message>
        <source>on</source>
        <translation>activé</translation>
    </message>
    <message>
        <source>off</source>
        <translation>désactivé</translation>
    </message>
</context>
<context>
    <name>Plots</name>
    <message>
        <source>one column is {0}</source>
        <translation>une colonne = {0}</translation>
    </message>
    <message>
        <source>Not live</source>
        <translation>Pas en direct</translation>
    </message>
    <message>
        <source>No outages.</source>
        <translation>Aucune panne.</translation>
    </message>
    <message>
        <source>Down now: {0}.</source>
        <translation>En panne à présent&#xa0;: {0}.</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Cible</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Vérifications</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Échecs</translation>
    </message>
    <message>
        <source>Worst layer</source>
        <translation>Pire étape</translation>
    </message>
    <message>
        <source>Outages</source>
        <translation>Pannes</translation>
    </message>
    <message>
        <source>None in this time</source>
        <translation>Aucune sur cette durée</translation>
    </message>
    <message>
        <source>{0} in this time, {1} now</source>
        <translation>{0} sur cette durée, {1} en cours</translation>
    </message>
    <message>
        <source>{0} failed</source>
        <translation>{0} en échec</translation>
    </message>
    <message>
        <source>fails at: {0}</source>
        <translation>échec&#xa0;: {0}</translation>
    </message>
    <message>
        <source>nothing measured</source>
        <translation>rien de mesuré</translation>
    </message>
    <message>
        <source>paler: not sent</source>
        <translation>plus pâle&#xa0;: non envoyée</translation>
    </message>
    <message>
        <source>height: share that failed</source>
        <translation>hauteur&#xa0;: part en échec</translation>
    </message>
    <message>
        <source>Heat map of all targets over time, by failing layer</source>
        <translation>Carte de chaleur de toutes les cibles dans le temps, par étape en échec</translation>
    </message>
    <message>
        <source>The heat map as a table</source>
        <translation>La carte de chaleur en tableau</translation>
    </message>
    <message>
        <source>Breaker</source>
        <translation>Disjoncteur</translation>
    </message>
    <message>
        <source>breaker {0}</source>
        <translation>disjoncteur {0}</translation>
    </message>
    <message>
        <source>Retry budget</source>
        <translation>Budget de reprises</translation>
    </message>
    <message>
        <source>Each retry costs a token; successes earn them back, time does not.</source>
        <translation>Chaque reprise coûte un jeton&#xa0;; les succès en rendent, le temps non.</translation>
    </message>
    <message>
        <source>asks to wait {0}</source>
        <translation>demande d’attendre {0}</translation>
    </message>
    <message>
        <source>No retries: {0} clients that fail at once stay away.</source>
        <translation>Sans reprise, {0} clients qui échouent ensemble ne reviennent pas.</translation>
    </message>
    <message>
        <source>{2} clients failed at once return up to {0} at a time; with full jitter {1}.</source>
        <translation>{2} clients en échec ensemble reviennent jusqu’à {0} à la fois&#xa0;; avec un aléa total, {1}.</translation>
    </message>
    <message>
        <source>{2} clients failed at once return up to {1} at a time; without jitter {0}.</source>
        <translation>{2} clients en échec ensemble reviennent jusqu’à {1} à la fois&#xa0;; sans aléa, {0}.</translation>
    </message>
    <message>
        <source>Second</source>
        <translation>Seconde</translation>
    </message>
    <message>
        <source>Requests without jitter</source>
        <translation>Requêtes sans aléa</translation>
    </message>
    <message>
        <source>Requests with jitter</source>
        <translation>Requêtes avec aléa</translation>
    </message>
    <message>
        <source>{0} s</source>
        <translation>{0} s</translation>
    </message>
    <message>
        <source>Many clients after a failure</source>
        <translation>De nombreux clients après une panne</translation>
    </message>
    <message>
        <source>{0} ms</source>
        <translation>{0} ms</translation>
    </message>
    <message>
        <source>{0}: median {1}, {2} failed.</source>
        <translation>{0}&#xa0;: médiane {1}, {2} d’échecs.</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Médiane</translation>
    </message>
    <message>
        <source>failed after {0}</source>
        <translation>échec après {0}</translation>
    </message>
    <message>
        <source>Latencies of the selected targets over one another</source>
        <translation>Latences des cibles sélectionnées, superposées</translation>
    </message>
    <message>
        <source>Fails at</source>
        <translation>Échec à</translation>
    </message>
    <message>
        <source>limit {0}</source>
        <translation>limite {0}</translation>
    </message>
    <message>
        <source>limit of {0}: {1}</source>
        <translation>limite ({0})&#xa0;: {1}</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Session</translation>
    </message>
    <message>
        <source>No latencies in this time.</source>
        <translation>Aucune latence sur cette durée.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>De</translation>
    </message>
    <message>
        <source>Spread of latencies in the visible time</source>
        <translation>Répartition des latences sur la durée visible</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Étape</translation>
    </message>
    <message>
        <source>What it was</source>
        <translation>Nature</translation>
    </message>
    <message>
        <source>{0}, still down</source>
        <translation>{0}, en cours</translation>
    </message>
    <message>
        <source>waits as asked until {0}</source>
        <translation>attend jusqu’à {0}, comme demandé</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Rapport…</translation>
    </message>
    <message>
        <source>A report of this outage, to look at before it leaves (Shift+Enter)</source>
        <translation>Un rapport de cette panne, à regarder avant qu’il ne parte (Maj+Entrée)</translation>
    </message>
    <message>
        <source>{0} after {1}</source>
        <translation>{0} après {1}</translation>
    </message>
    <message>
        <source>attempt {0} of {1}</source>
        <translation>tentative {0} sur {1}</translation>
    </message>
    <message>
        <source>attempt {0}</source>
        <translation>tentative {0}</translation>
    </message>
    <message>
        <source>not sent: waits as asked until {0}</source>
        <translation>non envoyée&#xa0;: attend jusqu’à {0}, comme demandé</translation>
    </message>
    <message>
        <source>not sent: breaker open</source>
        <translation>non envoyée&#xa0;: disjoncteur ouvert</translation>
    </message>
    <message>
        <source>mean {0}, from {1} to {2}</source>
        <translation>moyenne {0}, de {1} à {2}</translation>
    </message>
    <message>
        <source>1st try</source>
        <translation>1er essai</translation>
    </message>
    <message>
        <source>2nd</source>
        <translation>2e</translation>
    </message>
    <message>
        <source>3rd</source>
        <translation>3e</translation>
    </message>
    <message>
        <source>4th</source>
        <translation>4e</translation>
    </message>
    <message>
        <source>5th</source>
        <translation>5e</translation>
    </message>
    <message>
        <source>6th</source>
        <translation>6e</translation>
    </message>
    <message>
        <source>6th on</source>
        <translation>6e et +</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Étape</translation>
    </message>
    <message>
        <source>To</source>
        <translation>À</translation>
    </message>
    <message>
        <source>wait before attempt {0}</source>
        <translation>pause avant la tentative {0}</translation>
    </message>
    <message>
        <source>{0}: up to {1}</source>
        <translation>{0}&#xa0;: jusqu’à {1}</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}&#xa0;: {1}</translation>
    </message>
    <message>
        <source>{0}: {1} to {2} by chance</source>
        <translation>{0}&#xa0;: de {1} à {2}, au hasard</translation>
    </message>
    <message>
        <source>Retry preview</source>
        <translation>Aperçu des reprises</translation>
    </message>
    <message>
        <source>No target is selected.</source>
        <translation>Aucune cible n’est sélectionnée.</translation>
    </message>
    <message>
        <source>{0}, {1} to {2}</source>
        <translation>{0}, de {1} à {2}</translation>
    </message>
    <message>
        <source>{0}: nothing was measured.</source>
        <translation>{0}&#xa0;: rien n’a été mesuré.</translation>
    </message>
    <message>
        <source>{0}. Checks: {1}.</source>
        <translation>{0}. Vérifications&#xa0;: {1}.</translation>
    </message>
    <message>
        <source>Median {0}.</source>
        <translation>Médiane {0}.</translation>
    </message>
    <message>
        <source>p{0} {1}.</source>
        <translation>p{0} {1}.</translation>
    </message>
    <message>
        <source>{0} failed, most at: {1}.</source>
        <translation>{0} d’échecs, surtout&#xa0;: {1}.</translation>
    </message>
    <message>
        <source>None failed.</source>
        <translation>Aucun échec.</translation>
    </message>
    <message>
        <source>Breaker {0}.</source>
        <translation>Disjoncteur {0}.</translation>
    </message>
    <message>
        <source>What the graphs show, as a table</source>
        <translation>Ce que montrent les graphiques, en tableau</translation>
    </message>
    <message>
        <source>Logarithmic scale</source>
        <translation>Échelle logarithmique</translation>
    </message>
    <message>
        <source>Spread of latencies</source>
        <translation>Répartition des latences</translation>
    </message>
    <message>
        <source>Show as a table</source>
        <translation>Montrer en tableau</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Heure</translation>
    </message>
    <message>
        <source>Attempt</source>
        <translation>Tentative</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Résultat</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latence</translation>
    </message>
    <message>
        <source>Not live. Double-click to follow again.</source>
        <translation>Pas en direct. Double-cliquez pour suivre à nouveau.</translation>
    </message>
    <message>
        <source>Graphs of the selected target over time</source>
        <translation>Graphiques de la cible sélectionnée dans le temps</translation>
    </message>
    <message>
        <source>Tester</source>
        <translation>Testeur</translation>
    </message>
    <message>
        <source>no check: {0}</source>
        <translation>pas de vérification&#xa0;: {0}</translation>
    </message>
    <message>
        <source>this computer: {0}</source>
        <translation>cet ordinateur&#xa0;: {0}</translation>
    </message>
    <message>
        <source>Pictures (*.png);;Vector pictures (*.svg)</source>
        <translation>Images (*.png);;Images vectorielles (*.svg)</translation>
    </message>
    <message>
        <source>Save the picture as</source>
        <translation>Enregistrer l’image sous</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tableaux (*.csv)</translation>
    </message>
    <message>
        <source>Save the figures as</source>
        <translation>Enregistrer les chiffres sous</translation>
    </message>
    <message>
        <source>{0} could not be written. Choose another place.</source>
        <translation>{0} n’a pas pu être écrit. Choisissez un autre endroit.</translation>
    </message>
    <message>
        <source>Copy the picture</source>
        <translation>Copier l’image</translation>
    </message>
    <message>
        <source>Copy the figures</source>
        <translation>Copier les chiffres</translation>
    </message>
    <message>
        <source>Save as a picture (PNG, SVG)…</source>
        <translation>Enregistrer en image (PNG, SVG)…</translation>
    </message>
    <message>
        <source>Save the figures (CSV)…</source>
        <translation>Enregistrer les chiffres (CSV)…</translation>
    </message>
    <message>
        <source>Fault made</source>
        <translation>Panne créée</translation>
    </message>
    <message>
        <source>lab: {0}</source>
        <translation>labo&#xa0;: {0}</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Réseau</translation>
    </message>
    <message>
        <source>network: {0}</source>
        <translation>réseau&#xa0;: {0}</translation>
    </message>
    <message>
        <source>Time budget</source>
        <translation>Budget de temps</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>au plus</translation>
    </message>
    <message>
        <source>No step gets more than its own limit and what is left of the one above it.</source>
        <translation>Aucune étape ne reçoit plus que sa propre limite et ce qui reste à celle du dessus.</translation>
    </message>
    <message>
        <source>Nothing was sent</source>
        <translation>Rien n’a été envoyé</translation>
    </message>
    <message>
        <source>Tokens of the retry budget: {0} of {1}</source>
        <translation>Jetons du budget de reprises&#xa0;: {0} sur {1}</translation>
    </message>
    <message>
        <source>connection requests repeated: {0}</source>
        <translation>demandes de connexion répétées&#xa0;: {0}</translation>
    </message>
    <message>
        <source>Checks: {0}; most take {1} to {2}.</source>
        <translation>Vérifications&#xa0;: {0}&#xa0;; la plupart prennent de {1} à {2}.</translation>
    </message>
    <message>
        <source>failed checks: {0} of {1}</source>
        <translation>vérifications échouées&#xa0;: {0} sur {1}</translation>
    </message>
    <message>
        <source>p{0} {1}</source>
        <translation>p{0} {1}</translation>
    </message>
</context>
<context>
    <name>PrintCommands</name>
    <message>
        <source>There is nothing to print yet. Add a target first, or open a session.</source>
        <translation>Il n’y a encore rien à imprimer. Ajoutez d’abord une cible, ou ouvrez une session.</translation>
    </message>
</context>
<context>
    <name>QAbstractFileIconProvider</name>
    <message>
        <source>Folder</source>
        <translation>Dossier</translation>
    </message>
    <message>
        <source>Drive</source>
        <translation>Disque</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>&amp;Voir dans&#xa0;:</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>Fichiers de &amp;type&#xa0;:</translation>
    </message>
</context>
<context>
    <name>Question</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>What went wrong inside Clearline</source>
        <translation>Ce qui a échoué dans Clearline</translation>
    </message>
    <message>
        <source>Clearline goes on, and what was recorded is safe. If it happens again, hand this report to whoever looks after Clearline. Passwords and tokens in addresses are masked.</source>
        <translation>Clearline continue, et ce qui a été enregistré est en sûreté. Si cela se reproduit, remettez ce rapport à la personne qui s’occupe de Clearline. Les mots de passe et jetons dans les adresses sont masqués.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Rapport</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Copier le rapport</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>ReportPage</name>
    <message>
        <source>Report</source>
        <translation>Rapport</translation>
    </message>
    <message>
        <source>Replace names and addresses</source>
        <translation>Remplacer noms et adresses</translation>
    </message>
    <message>
        <source>Hosts, addresses, people, paths, headers and certificates become aliases</source>
        <translation>Hôtes, adresses, personnes, chemins, en-têtes et certificats deviennent des alias</translation>
    </message>
    <message>
        <source>Ticket code</source>
        <translation>Code de ticket</translation>
    </message>
    <message>
        <source>Reports and sessions of one ticket code have the same aliases</source>
        <translation>Les rapports et sessions d’un même code de ticket ont les mêmes alias</translation>
    </message>
    <message>
        <source>Ticket code for the aliases</source>
        <translation>Code de ticket pour les alias</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>&amp;Enregistrer…</translation>
    </message>
    <message>
        <source>Save as a page, PDF, table, JSON, HAR, text, metrics or session file</source>
        <translation>Enregistrer comme page, PDF, tableau, JSON, HAR, texte, métriques ou fichier de session</translation>
    </message>
    <message>
        <source>Copy for a ticket</source>
        <translation>Copier pour un ticket</translation>
    </message>
    <message>
        <source>Copy the lines that a ticket needs</source>
        <translation>Copier les lignes qu’il faut à un ticket</translation>
    </message>
    <message>
        <source>The report as it will look</source>
        <translation>Le rapport tel qu’il sera</translation>
    </message>
    <message>
        <source>What leaves this computer</source>
        <translation>Ce qui sort de cet ordinateur</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>Ici</translation>
    </message>
    <message>
        <source>In the report</source>
        <translation>Dans le rapport</translation>
    </message>
    <message>
        <source>Time of the report</source>
        <translation>Temps du rapport</translation>
    </message>
    <message>
        <source>Targets of the report</source>
        <translation>Cibles du rapport</translation>
    </message>
    <message>
        <source>Language of the report</source>
        <translation>Langue du rapport</translation>
    </message>
    <message>
        <source>The chosen outage</source>
        <translation>La panne choisie</translation>
    </message>
    <message>
        <source>The diagnosis</source>
        <translation>Le diagnostic</translation>
    </message>
    <message>
        <source>The latest outage</source>
        <translation>La dernière panne</translation>
    </message>
    <message>
        <source>What the graphs show</source>
        <translation>Ce que montrent les graphiques</translation>
    </message>
    <message>
        <source>The whole session</source>
        <translation>Toute la session</translation>
    </message>
    <message>
        <source>All targets</source>
        <translation>Toutes les cibles</translation>
    </message>
    <message numerus="yes">
        <source>{count} selected targets</source>
        <translation>
            <numerusform>{count} cible choisie</numerusform>
            <numerusform>{count} cibles choisies</numerusform>
        </translation>
    </message>
    <message>
        <source>Saved as {file}.</source>
        <translation>Enregistré sous {file}.</translation>
    </message>
    <message>
        <source>Without a ticket code the aliases match no other report.</source>
        <translation>Sans code de ticket, les alias ne correspondent à aucun autre rapport.</translation>
    </message>
</context>
<context>
    <name>RetryPreviewPlot</name>
    <message numerus="yes">
        <source>{0} attempts; an error after {1} at worst, about {2} where all fail at once.</source>
        <translation>
            <numerusform>{0} tentative&#xa0;; une erreur après {1} au pire, environ {2} si elle échoue aussitôt.</numerusform>
            <numerusform>{0} tentatives&#xa0;; une erreur après {1} au pire, environ {2} si toutes échouent aussitôt.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SettingsView</name>
    <message>
        <source>Settings</source>
        <translation>Réglages</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Apparence</translation>
    </message>
    <message>
        <source>Messages on the desktop</source>
        <translation>Messages sur le bureau</translation>
    </message>
    <message>
        <source>Beginning and ending</source>
        <translation>Début et fin</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Thème</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>Contraste</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Langue</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Comme le système</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Clair</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Sombre</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Élevé</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>Réduire les mouvements</translation>
    </message>
    <message>
        <source>Graphs move on once a second instead of flowing, and menus open without an effect.</source>
        <translation>Les graphiques avancent une fois par seconde au lieu de défiler, et les menus s’ouvrent sans effet.</translation>
    </message>
    <message>
        <source>Tell when targets fail or answer again</source>
        <translation>Dire quand des cibles échouent ou répondent de nouveau</translation>
    </message>
    <message>
        <source>Only while another window is in front; one message for all of them, at most one a minute.</source>
        <translation>Seulement quand une autre fenêtre est devant&#xa0;; un seul message pour toutes, au plus un par minute.</translation>
    </message>
    <message>
        <source>With a sound</source>
        <translation>Avec un son</translation>
    </message>
    <message>
        <source>One sound a message, however many targets it is about.</source>
        <translation>Un son par message, quel que soit le nombre de cibles.</translation>
    </message>
    <message>
        <source>Begin without targets</source>
        <translation>Commencer sans cibles</translation>
    </message>
    <message>
        <source>Otherwise the targets of last time are tested again as soon as the window opens.</source>
        <translation>Sinon, les cibles de la dernière fois sont de nouveau testées dès que la fenêtre s’ouvre.</translation>
    </message>
    <message>
        <source>Keep testing when the window is closed</source>
        <translation>Continuer à tester quand la fenêtre est fermée</translation>
    </message>
    <message>
        <source>The icon in the tray brings the window back. Needs a desktop that has a tray.</source>
        <translation>L’icône de la zone de notification ramène la fenêtre. Demande un bureau qui en a une.</translation>
    </message>
    <message>
        <source>Clearline looks for no updates and sends no figures.</source>
        <translation>Clearline ne cherche pas de mises à jour et n’envoie aucun chiffre.</translation>
    </message>
</context>
<context>
    <name>SeveralDialog</name>
    <message>
        <source>Edit {count} targets</source>
        <translation>Modifier {count} cibles</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <source>Only what is ticked is changed.</source>
        <translation>Seul ce qui est coché est modifié.</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Groupe</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Check every</source>
        <translation>Vérifier toutes les</translation>
    </message>
    <message>
        <source>Add tags</source>
        <translation>Ajouter des étiquettes</translation>
    </message>
    <message>
        <source>Remove tags</source>
        <translation>Retirer des étiquettes</translation>
    </message>
    <message>
        <source>Change this for all of them</source>
        <translation>Changer ceci pour toutes</translation>
    </message>
</context>
<context>
    <name>SharingCommands</name>
    <message>
        <source>Page (*.html);;PDF (*.pdf);;Table of attempts (*.csv);;JSON (*.json);;HAR (*.har);;Text (*.txt);;Prometheus (*.prom);;Session file (*.clearline)</source>
        <translation>Page (*.html);;PDF (*.pdf);;Tableau des tentatives (*.csv);;JSON (*.json);;HAR (*.har);;Texte (*.txt);;Prometheus (*.prom);;Fichier de session (*.clearline)</translation>
    </message>
    <message>
        <source>Save the report as</source>
        <translation>Enregistrer le rapport sous</translation>
    </message>
</context>
<context>
    <name>Span</name>
    <message>
        <source>{begin} to {end}, {span}</source>
        <translation>De {begin} à {end}, {span}</translation>
    </message>
    <message>
        <source>Loss by time</source>
        <translation>Perte en temps</translation>
    </message>
    <message>
        <source>Down in outages</source>
        <translation>Durée des pannes</translation>
    </message>
    <message>
        <source>Two checks in a row without success, or more, until the first that succeeded</source>
        <translation>Deux vérifications de suite sans succès, ou plus, jusqu’à la première réussie</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Mesuré</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Temps</translation>
    </message>
    <message>
        <source>Counts in no figure: it says nothing about the target</source>
        <translation>Ne compte dans aucun chiffre&#xa0;: cela ne dit rien de la cible</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Faites</translation>
    </message>
    <message>
        <source>Without success</source>
        <translation>Sans succès</translation>
    </message>
    <message>
        <source>Good at the first attempt</source>
        <translation>Réussies au premier essai</translation>
    </message>
    <message>
        <source>What retries hide</source>
        <translation>Ce que les nouveaux essais cachent</translation>
    </message>
    <message>
        <source>Begun late</source>
        <translation>Commencées en retard</translation>
    </message>
    <message>
        <source>More than half an interval after they were due</source>
        <translation>Plus d’un demi-intervalle après l’échéance</translation>
    </message>
    <message>
        <source>Slots missed</source>
        <translation>Échéances manquées</translation>
    </message>
    <message>
        <source>Due, but not made: the check before was still under way, or the tester was away</source>
        <translation>Dues, mais pas faites&#xa0;: la vérification précédente durait encore, ou cet ordinateur était indisponible</translation>
    </message>
    <message>
        <source>Answered late</source>
        <translation>Réponses tardives</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Vérifications</translation>
    </message>
    <message>
        <source>Too few successes to tell</source>
        <translation>Trop peu de succès pour le dire</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Médiane</translation>
    </message>
    <message>
        <source>95th percentile</source>
        <translation>95e centile</translation>
    </message>
    <message>
        <source>99th percentile</source>
        <translation>99e centile</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>La plus longue</translation>
    </message>
    <message>
        <source>Jitter</source>
        <translation>Gigue</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latence</translation>
    </message>
    <message>
        <source>{begin} to {end}</source>
        <translation>De {begin} à {end}</translation>
    </message>
    <message>
        <source>since {begin}</source>
        <translation>depuis {begin}</translation>
    </message>
    <message>
        <source>Evidence: check {0}</source>
        <translation>Preuve&#xa0;: vérification {0}</translation>
    </message>
    <message>
        <source>{layer}: {fault}</source>
        <translation>{layer}&#xa0;: {fault}</translation>
    </message>
    <message>
        <source>Left out: computer asleep</source>
        <translation>Écarté&#xa0;: ordinateur en veille</translation>
    </message>
    <message>
        <source>Left out: computer busy</source>
        <translation>Écarté&#xa0;: ordinateur occupé</translation>
    </message>
    <message>
        <source>Left out: engine not running</source>
        <translation>Écarté&#xa0;: moteur arrêté</translation>
    </message>
    <message>
        <source>Left out: paused</source>
        <translation>Écarté&#xa0;: en pause</translation>
    </message>
    <message>
        <source>Left out: checks that prove nothing</source>
        <translation>Écarté&#xa0;: sans valeur de preuve</translation>
    </message>
    <message>
        <source>Left out: not measured</source>
        <translation>Écarté&#xa0;: non mesuré</translation>
    </message>
    <message>
        <source>Nothing was measured in this time</source>
        <translation>Rien n’a été mesuré dans cette période</translation>
    </message>
    <message>
        <source>Nothing was sent in its last {unsure}: the breaker was open, or the target asked to wait.</source>
        <translation>Rien n’a été envoyé à la fin, pendant {unsure}&#xa0;: le disjoncteur était ouvert, ou la cible demandait d’attendre.</translation>
    </message>
    <message>
        <source>Left out: own network or internet access lost</source>
        <translation>Écarté&#xa0;: réseau local ou accès à Internet perdu</translation>
    </message>
    <message>
        <source>Share of the measured time without success: each check stands until the next one was due, so slow failures do not hide an outage. 95% sure: {low} to {high}.</source>
        <translation>Part du temps mesuré sans succès&#xa0;: chaque vérification vaut jusqu’à l’échéance de la suivante, si bien que des échecs lents ne cachent pas une panne. À 95&#xa0;%&#xa0;: de {low} à {high}.</translation>
    </message>
    <message>
        <source>95% sure</source>
        <translation>À 95&#xa0;%</translation>
    </message>
    <message>
        <source>the last {unsure} not tested</source>
        <translation>dont {unsure} à la fin sans test</translation>
    </message>
</context>
<context>
    <name>SpanFeed</name>
    <message>
        <source>Choose one target to see its figures for the time on screen.</source>
        <translation>Choisissez une cible pour voir ses chiffres sur la période affichée.</translation>
    </message>
    <message>
        <source>Nothing is recorded yet.</source>
        <translation>Rien n’est encore enregistré.</translation>
    </message>
</context>
<context>
    <name>SpanModel</name>
    <message numerus="yes">
        <source>{0} checks without success</source>
        <translation>
            <numerusform>{0} vérification sans succès</numerusform>
            <numerusform>{0} vérifications sans succès</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpanPanel</name>
    <message>
        <source>Reading…</source>
        <translation>Lecture…</translation>
    </message>
    <message numerus="yes">
        <source>Outages in this time: {0}</source>
        <translation>
            <numerusform>Pannes dans cette période&#xa0;: {0}</numerusform>
            <numerusform>Pannes dans cette période&#xa0;: {0}</numerusform>
        </translation>
    </message>
    <message>
        <source>No outage in this time</source>
        <translation>Aucune panne dans cette période</translation>
    </message>
    <message>
        <source>Previous outage</source>
        <translation>Panne précédente</translation>
    </message>
    <message>
        <source>Next outage</source>
        <translation>Panne suivante</translation>
    </message>
    <message>
        <source>Report of this outage…</source>
        <translation>Rapport de cette panne…</translation>
    </message>
    <message>
        <source>A report of the chosen outage, else of the latest one, to look at before it leaves</source>
        <translation>Un rapport de la panne choisie, sinon de la dernière, à regarder avant qu’il ne parte</translation>
    </message>
    <message>
        <source>Outages of the time on screen, the latest first</source>
        <translation>Pannes de la période affichée, la plus récente d’abord</translation>
    </message>
</context>
<context>
    <name>Stages</name>
    <message>
        <source>Practice lab: {title}. These faults are made on this computer. Nothing leaves it.</source>
        <translation>Labo d’exercice&#xa0;: {title}. Ces pannes sont créées sur cet ordinateur. Rien n’en sort.</translation>
    </message>
    <message>
        <source>Leave the lab</source>
        <translation>Quitter le labo</translation>
    </message>
    <message>
        <source>Reading {name}…</source>
        <translation>Lecture de {name}…</translation>
    </message>
    <message>
        <source>Return to live</source>
        <translation>Revenir au direct</translation>
    </message>
    <message>
        <source>Recorded session {name}, begun {time}. Nothing is being tested here.</source>
        <translation>Session enregistrée {name}, commencée le {time}. Rien n’est testé ici.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Starting the probe engine…</source>
        <translation>Le moteur de mesure démarre…</translation>
    </message>
    <message>
        <source>The probe engine is not running: nothing is measured.</source>
        <translation>Le moteur de mesure est arrêté&#xa0;: rien n’est mesuré.</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Up: the latest check succeeded.</source>
        <translation>En service&#xa0;: la dernière vérification a réussi.</translation>
    </message>
    <message>
        <source>Slow: it answers, but takes longer than people put up with.</source>
        <translation>Lente&#xa0;: elle répond, mais plus lentement qu’on ne le supporte.</translation>
    </message>
    <message>
        <source>Half-open: it failed before; single tests find out whether it is back.</source>
        <translation>Semi-ouvert&#xa0;: elle était en panne&#xa0;; des essais un à un vérifient si elle est revenue.</translation>
    </message>
    <message>
        <source>Down: the latest check failed.</source>
        <translation>En panne&#xa0;: la dernière vérification a échoué.</translation>
    </message>
    <message>
        <source>Paused: it is not being checked.</source>
        <translation>En pause&#xa0;: elle n’est pas vérifiée.</translation>
    </message>
    <message>
        <source>Unknown: no check has ended yet.</source>
        <translation>Inconnue&#xa0;: aucune vérification n’est encore terminée.</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Not recording: {reason}</source>
        <translation>Pas d’enregistrement&#xa0;: {reason}</translation>
    </message>
    <message>
        <source>Recording   {name}   {size}</source>
        <translation>Enregistrement   {name}   {size}</translation>
    </message>
    <message>
        <source>{recording}, about {size} a day at this pace</source>
        <translation>{recording}, environ {size} par jour à ce rythme</translation>
    </message>
    <message>
        <source>Not recording</source>
        <translation>Pas d’enregistrement</translation>
    </message>
    <message>
        <source>Probe engine: {pace} checks/s, late by {lag}: this computer is busy, figures may be too high</source>
        <translation>Moteur de mesure&#xa0;: {pace} vérif./s, en retard de {lag}&#xa0;: cet ordinateur est occupé, les chiffres peuvent être trop hauts</translation>
    </message>
    <message>
        <source>Probe engine: {pace} checks/s, timing error {lag}</source>
        <translation>Moteur de mesure&#xa0;: {pace} vérif./s, écart de {lag}</translation>
    </message>
    <message>
        <source>Recorded session   {name}   {span}</source>
        <translation>Session enregistrée   {name}   {span}</translation>
    </message>
    <message>
        <source>Not recording: nothing is tested yet</source>
        <translation>Pas d’enregistrement&#xa0;: rien n’est encore testé</translation>
    </message>
    <message>
        <source>The recording begins</source>
        <translation>L’enregistrement commence</translation>
    </message>
</context>
<context>
    <name>TargetCommands</name>
    <message>
        <source>Drop a marker</source>
        <translation>Poser un repère</translation>
    </message>
    <message>
        <source>What happens at this moment?</source>
        <translation>Que se passe-t-il à cet instant&#xa0;?</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>Poser</translation>
    </message>
    <message>
        <source>marked by hand</source>
        <translation>posé à la main</translation>
    </message>
    <message>
        <source>Remove the {count} selected targets from the plan? What was recorded stays.</source>
        <translation>Supprimer du plan les {count} cibles sélectionnées&#xa0;? Ce qui a été enregistré reste.</translation>
    </message>
    <message>
        <source>Remove targets</source>
        <translation>Supprimer des cibles</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Go on with the marker</source>
        <translation>Reprendre le repère</translation>
    </message>
    <message>
        <source>Go on editing {count} targets</source>
        <translation>Reprendre la modification de {count} cibles</translation>
    </message>
    <message>
        <source>{target}, no proxy</source>
        <translation>{target}, sans proxy</translation>
    </message>
    <message>
        <source>Go on editing {target}</source>
        <translation>Reprendre la modification de {target}</translation>
    </message>
    <message>
        <source>Go on with the list</source>
        <translation>Reprendre la liste</translation>
    </message>
</context>
<context>
    <name>TargetDialog</name>
    <message>
        <source>Edit target</source>
        <translation>Modifier la cible</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Enregistrer</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Groupe</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Profil</translation>
    </message>
    <message>
        <source>Check every</source>
        <translation>Vérifier toutes les</translation>
    </message>
    <message>
        <source>Connect to this address instead</source>
        <translation>Se connecter plutôt à l’adresse</translation>
    </message>
    <message>
        <source>As the name says</source>
        <translation>Selon le nom</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>Name asked for in TLS</source>
        <translation>Nom demandé en TLS</translation>
    </message>
    <message>
        <source>As the address says</source>
        <translation>Selon l’adresse</translation>
    </message>
    <message>
        <source>Follow redirects</source>
        <translation>Suivre les redirections</translation>
    </message>
    <message>
        <source>Check the certificate</source>
        <translation>Vérifier le certificat</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Étiquettes</translation>
    </message>
    <message>
        <source>Words to find it by: #printer #floor-2</source>
        <translation>Mots pour la retrouver&#xa0;: #imprimante #étage-2</translation>
    </message>
    <message>
        <source>As the system says; none, http://host:port or pac+http://…</source>
        <translation>Comme le système&#xa0;; none, http://hôte:port ou pac+http://…</translation>
    </message>
    <message>
        <source>Text to send</source>
        <translation>Texte à envoyer</translation>
    </message>
    <message>
        <source>Text the answer must hold</source>
        <translation>Texte que la réponse doit contenir</translation>
    </message>
    <message>
        <source>{n} becomes the number of the heartbeat.</source>
        <translation>{n} devient le numéro du battement.</translation>
    </message>
    <message>
        <source>Not saved yet: this was typed before Clearline ended.</source>
        <translation>Pas encore enregistré&#xa0;: ceci a été saisi avant la fin de Clearline.</translation>
    </message>
</context>
<context>
    <name>TargetHeader</name>
    <message>
        <source>every {span}</source>
        <translation>toutes les {span}</translation>
    </message>
    <message>
        <source>All targets</source>
        <translation>Toutes les cibles</translation>
    </message>
    <message numerus="yes">
        <source>{count} watched</source>
        <translation>
            <numerusform>{count} suivie</numerusform>
            <numerusform>{count} suivies</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} failing at the end</source>
        <translation>{count} en panne à la fin</translation>
    </message>
    <message>
        <source>{count} failing now</source>
        <translation>{count} en panne à présent</translation>
    </message>
    <message numerus="yes">
        <source>{count} slow at the end</source>
        <translation>
            <numerusform>{count} lente à la fin</numerusform>
            <numerusform>{count} lentes à la fin</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} slow now</source>
        <translation>
            <numerusform>{count} lente à présent</numerusform>
            <numerusform>{count} lentes à présent</numerusform>
        </translation>
    </message>
    <message>
        <source>All answer</source>
        <translation>Toutes répondent</translation>
    </message>
    <message>
        <source>Not tested yet</source>
        <translation>Pas encore testées</translation>
    </message>
    <message>
        <source>Needs {count} successful checks; so far {samples}.</source>
        <translation>Il faut {count} vérifications réussies&#xa0;; jusqu’ici {samples}.</translation>
    </message>
    <message>
        <source>The latest successful check, all phases together.</source>
        <translation>La dernière vérification réussie, toutes phases comprises.</translation>
    </message>
    <message>
        <source>It answered, but connection requests were lost: their repeats are no latency of the path.</source>
        <translation>Réponse reçue, mais des demandes de connexion se sont perdues&#xa0;: leurs répétitions ne disent rien de la latence du chemin.</translation>
    </message>
    <message>
        <source>The latest check did not succeed, or none has ended yet.</source>
        <translation>La dernière vérification n’a pas réussi, ou aucune n’est encore terminée.</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>Dernier</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Médiane</translation>
    </message>
    <message>
        <source>Half are faster.</source>
        <translation>La moitié est plus rapide.</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>19 of 20 are faster.</source>
        <translation>19 sur 20 sont plus rapides.</translation>
    </message>
    <message>
        <source>Jitter</source>
        <translation>Gigue</translation>
    </message>
    <message>
        <source>Mean difference of successive checks.</source>
        <translation>Écart moyen entre vérifications successives.</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Perte</translation>
    </message>
    <message>
        <source>No check has ended yet.</source>
        <translation>Aucune vérification n’est encore terminée.</translation>
    </message>
    <message>
        <source>Kernel RTT</source>
        <translation>RTT noyau</translation>
    </message>
    <message>
        <source>The round trip as the operating system measured it, free of this program&apos;s own delays.</source>
        <translation>L’aller-retour mesuré par le système, sans les retards propres à ce programme.</translation>
    </message>
    <message>
        <source>The operating system gives no figure for this kind of test, or nothing was reached yet.</source>
        <translation>Le système ne donne pas de chiffre pour ce type de test, ou rien n’a encore été atteint.</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Tentatives</translation>
    </message>
    <message>
        <source>Attempts so far; a check has one or more.</source>
        <translation>Tentatives jusqu’ici&#xa0;; une vérification en compte une ou plusieurs.</translation>
    </message>
    <message>
        <source>How long one attempt may take: the limit in force.</source>
        <translation>Durée permise à une tentative&#xa0;: la limite en vigueur.</translation>
    </message>
    <message>
        <source>Timeout</source>
        <translation>Limite</translation>
    </message>
    <message>
        <source>Adaptive limit of the step “{phase}”.</source>
        <translation>Limite adaptative de l’étape «&#xa0;{phase}&#xa0;».</translation>
    </message>
    <message>
        <source>Share of the latest checks that failed; with 95% confidence {low} to {high}.</source>
        <translation>Part des dernières vérifications qui ont échoué&#xa0;; de {low} à {high} avec 95&#xa0;% de confiance.</translation>
    </message>
    <message numerus="yes">
        <source>{count} selected targets</source>
        <translation>
            <numerusform>{count} cible sélectionnée</numerusform>
            <numerusform>{count} cibles sélectionnées</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TargetListPanel</name>
    <message>
        <source>Targets</source>
        <translation>Cibles</translation>
    </message>
    <message>
        <source>No target holds these words. Clear the filter to see all.</source>
        <translation>Aucune cible ne contient ces mots. Effacez le filtre pour tout voir.</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtrer</translation>
    </message>
    <message>
        <source>Filter targets</source>
        <translation>Filtrer les cibles</translation>
    </message>
    <message>
        <source>Show only targets whose name, address, group or #tag holds these words (Ctrl+F)</source>
        <translation>Ne montrer que les cibles dont le nom, l’adresse, le groupe ou l’#étiquette contient ces mots (Ctrl+F)</translation>
    </message>
</context>
<context>
    <name>Targets</name>
    <message>
        <source>The certificate is not checked.</source>
        <translation>Le certificat n’est pas vérifié.</translation>
    </message>
</context>
<context>
    <name>TimeSpanBar</name>
    <message>
        <source>● Live</source>
        <translation>● Direct</translation>
    </message>
    <message>
        <source>○ Live</source>
        <translation>○ Direct</translation>
    </message>
    <message>
        <source>1 min</source>
        <translation>1 min</translation>
    </message>
    <message>
        <source>Show one minute</source>
        <translation>Montrer une minute</translation>
    </message>
    <message>
        <source>5 min</source>
        <translation>5 min</translation>
    </message>
    <message>
        <source>Show five minutes</source>
        <translation>Montrer cinq minutes</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 h</translation>
    </message>
    <message>
        <source>Show one hour</source>
        <translation>Montrer une heure</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Session</translation>
    </message>
    <message>
        <source>Show the whole session</source>
        <translation>Montrer toute la session</translation>
    </message>
    <message>
        <source>Follow the present moment (L)</source>
        <translation>Suivre en direct (L)</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Direct</translation>
    </message>
</context>
<context>
    <name>TogetherCard</name>
    <message>
        <source>Diagnose one</source>
        <translation>En diagnostiquer une</translation>
    </message>
    <message>
        <source>Diagnose one of these targets: it stands for all</source>
        <translation>Diagnostiquer l’une de ces cibles&#xa0;: elle vaut pour toutes</translation>
    </message>
</context>
<context>
    <name>TryPage</name>
    <message>
        <source>None</source>
        <translation>Aucune</translation>
    </message>
    <message>
        <source>With another policy</source>
        <translation>Avec une autre politique</translation>
    </message>
    <message>
        <source>Replay what was recorded with</source>
        <translation>Rejouer l’enregistrement avec</translation>
    </message>
    <message>
        <source>First other profile</source>
        <translation>Premier autre profil</translation>
    </message>
    <message>
        <source>Second other profile</source>
        <translation>Deuxième autre profil</translation>
    </message>
    <message>
        <source>What each policy comes to</source>
        <translation>Ce que donne chaque politique</translation>
    </message>
</context>
<context>
    <name>VerdictCard</name>
    <message>
        <source>Copy for the ticket</source>
        <translation>Copier pour le ticket</translation>
    </message>
    <message>
        <source>Copy what was found, when, from where and to where; secrets are masked</source>
        <translation>Copier ce qui a été trouvé, quand, d’où et vers où&#xa0;; les secrets sont masqués</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Rapport…</translation>
    </message>
    <message>
        <source>A report of this diagnosis and of its outage, to look at before it leaves</source>
        <translation>Un rapport de ce diagnostic et de sa panne, à regarder avant qu’il ne parte</translation>
    </message>
</context>
<context>
    <name>ViewCommands</name>
    <message>
        <source>There is no later outage.</source>
        <translation>Il n’y a pas de panne plus tard.</translation>
    </message>
    <message>
        <source>There is no earlier outage.</source>
        <translation>Il n’y a pas de panne plus tôt.</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>{count} slow</source>
        <translation>
            <numerusform>{count} lente</numerusform>
            <numerusform>{count} lentes</numerusform>
        </translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>Quick check</source>
        <translation>Rapide</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>Lecture</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>Envoi</translation>
    </message>
    <message>
        <source>Fixed</source>
        <translation>Fixes</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linéaires</translation>
    </message>
    <message>
        <source>Exponential</source>
        <translation>Exponentielles</translation>
    </message>
    <message>
        <source>Fibonacci</source>
        <translation>Fibonacci</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Aucun</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>Total</translation>
    </message>
    <message>
        <source>Equal</source>
        <translation>Égal</translation>
    </message>
    <message>
        <source>Decorrelated</source>
        <translation>Décorrélé</translation>
    </message>
    <message>
        <source>HTTP {0}</source>
        <translation>HTTP {0}</translation>
    </message>
    <message>
        <source>certificate</source>
        <translation>certificat</translation>
    </message>
    <message>
        <source>timed out</source>
        <translation>hors délai</translation>
    </message>
    <message>
        <source>reset</source>
        <translation>coupée</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>injoignable</translation>
    </message>
    <message>
        <source>DNS error</source>
        <translation>erreur DNS</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>refusée</translation>
    </message>
    <message>
        <source>hung up</source>
        <translation>raccrochée</translation>
    </message>
    <message>
        <source>no reply</source>
        <translation>muette</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>introuvable</translation>
    </message>
    <message>
        <source>wrong text</source>
        <translation>texte faux</translation>
    </message>
    <message>
        <source>no link</source>
        <translation>hors réseau</translation>
    </message>
</context>
<context>
    <name>WorkBar</name>
    <message>
        <source>Reading the session…</source>
        <translation>Lecture de la session…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Avancement</translation>
    </message>
</context>
</TS>
