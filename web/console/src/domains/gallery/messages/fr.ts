export default { title: 'Système graphique', text: 'Chaque composant dans chaque état. Changez le thème et la langue pour tout voir.' }
