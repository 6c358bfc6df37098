export default { title: 'devices' }
