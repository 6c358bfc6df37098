// All screens of the console, with something on each: their names, and the way there.
export async function screens(api) {
  const first = async (path) => (await api('GET', path)).items[0]?.id
  const [device, incident, rule, sigma] = await Promise.all([
    first('/devices?sort=problems&limit=1'),
    Promise.all([api('GET', '/incidents?limit=20'), api('GET', '/rules')]).then(([{ items }, rules]) => {
      const drawn = rules.items.filter(({ spec }) => spec.field).map(({ id }) => id)
      return (items.find(({ rule }) => drawn.includes(rule.id)) ?? items[0])?.id
    }),
    api('GET', '/rules').then(({ items }) => items.find(({ spec }) => spec.kind === 'threshold')?.id),
    api('GET', '/rules').then(({ items }) => items.find(({ spec }) => spec.kind === 'sigma')?.id),
  ])
  const when = (id, ...paths) => (id ? paths : [])
  return [
    ['sign-in', '/sign-in', { anonymous: true }],
    ['join', '/join/no-such-invitation', { anonymous: true }],
    ['overview', '/'],
    ['incidents', '/incidents'],
    ...when(incident, ['incident', `/incidents/${incident}`]),
    ['devices', '/devices'],
    ['connect', '/devices/connect'],
    ...when(device, ...['live', 'history', 'events', 'problems', 'commands', 'settings'].map((tab) => [`device-${tab}`, `/devices/${device}?tab=${tab}`])),
    ['rules', '/rules'],
    ['rule-new', '/rules/new'],
    ...when(rule, ['rule', `/rules/${rule}`]),
    ...when(sigma, ['rule-sigma', `/rules/${sigma}`]),
    ['query', '/query'],
    ...['account', 'people', 'channels', 'system'].map((page) => [`settings-${page}`, `/settings/${page}`]),
    ['lost', '/no-such-page'],
  ]
}
