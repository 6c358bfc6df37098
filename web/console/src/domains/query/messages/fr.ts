export default { title: 'query' }
