import type en from './en'

export default {
  title: 'Requête',
  text: 'Interrogez en SQL. Un profil est une table, un champ une colonne ; chaque table a aussi device, name et ts.',
  sql: 'SQL',
  run: 'Exécuter',
  example: 'Exemples',
  latest: 'Dernières valeurs',
  hourly: 'Moyenne par heure',
  events: 'Derniers événements',
  tables: 'Tables',
  rows: 'aucune ligne | {count} ligne | {count} lignes',
  took: 'en {time}',
  truncated: 'Seules les premières lignes sont montrées. Ajoutez LIMIT ou un WHERE plus étroit.',
  empty: 'La réponse apparaîtra ici',
  emptyText: 'Choisissez un exemple ou écrivez le vôtre. Une requête ne fait que lire ; elle ne peut rien changer.',
  result: 'Résultat',
  none: 'Aucune ligne ne correspond',
  csv: 'Télécharger en CSV',
  noTables: 'Les tables sont créées quand des appareils émettent.',
} satisfies typeof en
