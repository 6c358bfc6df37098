export default { title: 'overview' }
