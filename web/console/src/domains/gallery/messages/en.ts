export default { title: 'Design system', text: 'Every component in every state. Switch the theme and the language to see all of them.' }
