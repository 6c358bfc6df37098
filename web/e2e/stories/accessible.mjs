import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { inspect, settled } from '../stage/browser.mjs'
import { englishOn } from '../stage/english.mjs'
import { screens } from '../stage/screens.mjs'

/** A small house in which every screen has something to show. */
async function furnish(server) {
  const api = await settle(server)
  const oven = await api('POST', '/devices', { name: 'Bread oven', profile: 'oven' })
  await api('POST', '/devices', { name: 'Not connected yet', profile: 'oven' })
  await api('POST', '/rules', { name: 'Oven too hot', severity: 'high', spec: { kind: 'threshold', profile: 'oven', field: 'temperature', op: 'above', limit: 220 } })
  await api('POST', '/rules', { severity: 'critical', spec: { kind: 'sigma', yaml: 'title: Telnet was opened\nlevel: critical\nlogsource:\n  product: smartsecurity\n  service: device\ndetection:\n  opened:\n    port: 23\n  condition: opened\n' } })
  await api('POST', '/people/invitations', { email: 'grace@example.com', role: 'viewer' })
  await api('POST', '/channels', { name: 'Night shift', kind: 'webhook', target: 'https://example.com/hook', min_severity: 'critical', language: 'en' })
  const now = Date.now()
  // Things that the server has to explain.
  await publish(server, { ...oven.credentials, password: 'guessed' }, 'telemetry', { temperature: 1 }).catch(() => undefined)
  await publish(server, oven.credentials, 'telemetry', [{ ts: 1700000000, values: { temperature: 1 } }, '{"temperature": NaN}', '[1]', { temperature: 'hot' }])
  await publish(server, oven.credentials, 'temperature', '21.5')
  await publish(server, oven.credentials, 'telemetry', [Array.from({ length: 120 }, (_, at) => ({ ts: now - (120 - at) * 60_000, values: { temperature: 180 + (at % 9), door: at % 2 === 0 } })), { temperature: 251 }, 'not json'])
  await publish(server, oven.credentials, 'events', { port: 23, action: 'port_opened' })
  await eventually(async () => (await api('GET', '/incidents')).items.length === 2, 'both incidents are open')
  return api
}

const looks = ['desktop light en', 'desktop dark en', 'phone light en', 'phone dark en', 'desktop light fr', 'phone dark fr']
story('every screen can be used by everybody', { each: looks }, async (stage) => {
  const [size, theme, language] = stage.given.split(' ')
  const server = await stage.server()
  const api = await furnish(server)
  const found = []
  const { page } = await stage.window(server, { size, theme, language, as: owner })
  const stranger = await stage.window(server, { size, theme, language })
  for (const [name, path, { anonymous } = {}] of await screens(api)) {
    const at = anonymous ? stranger.page : page
    await at.goto(path)
    await settled(at)
    const foreign = language === 'en' ? [] : await englishOn(at)
    for (const violation of [...(await inspect(at)), ...foreign]) found.push(`${name}: ${violation}`)
  }
  check(found.length === 0, `no violations:\n${found.join('\n')}`)
})
