import { check, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { publish } from '../stage/device.mjs'
import { englishOn } from '../stage/english.mjs'
import { speaker } from '../stage/words.mjs'

const broken = ['title: Telnet was opened', 'level: high', 'logsource:', '  product: smartsecurity', '  service: device', 'detection:', '  opened:', '    action: [port_opened', '  condition: opened', ''].join('\n')
const sound = broken.replace('[port_opened', 'port_opened\n    port: 23')

story('a Sigma rule that does not parse shows its line, and a sound one opens an incident', { each: ['en', 'fr'] }, async (stage) => {
  const language = stage.given
  const say = speaker(language)
  const server = await stage.server()
  const api = await settle(server)
  const camera = (await api('POST', '/devices', { name: 'Lobby camera', profile: 'camera' })).credentials
  const { page } = await stage.window(server, { language, as: owner })
  await page.goto('/rules/new')
  await page.getByText(say('rules.kind.sigma'), { exact: true }).click()
  const editor = page.getByRole('textbox', { name: say('rules.form.yaml') })
  await editor.fill(broken)
  await page.getByRole('button', { name: say('rules.create') }).click()
  await page.getByText(language === 'fr' ? /^Ligne \d+/ : /^Line \d+/).first().waitFor()
  check(page.url().endsWith('/rules/new'), 'what does not parse is not saved')

  await editor.fill(sound.replace('port: 23', "user|expand: '%admins%'"))
  await page.getByRole('button', { name: say('rules.create') }).click()
  await page.getByText(/%admins%/).first().waitFor()
  if (language === 'fr') check((await englishOn(page)).length === 0, `the rule is explained in French:\n${(await englishOn(page)).join('\n')}`)
  check(page.url().endsWith('/rules/new'), 'a placeholder that nobody fills in is not saved')

  await editor.fill(sound)
  await page.getByRole('button', { name: say('rules.create') }).click()
  await page.getByRole('heading', { level: 1, name: 'Telnet was opened' }).waitFor()

  await page.goto('/incidents')
  await page.getByText(say('incidents.calmTitle')).waitFor()
  await publish(server, camera, 'events', [{ action: 'port_opened', port: 8080 }, { action: 'port_opened', port: 23 }])
  await page.getByRole('link', { name: /Telnet was opened/ }).click()
  await page.getByText(say('incidents.evidence.event')).or(page.getByRole('region', { name: say('incidents.evidence.event') })).first().waitFor()
  await page.getByText('port = 23').waitFor()
})
