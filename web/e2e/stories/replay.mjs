import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, eventually, story } from '../stage/story.mjs'
import { owner, settle } from '../stage/server.mjs'
import { run } from '../stage/device.mjs'
import { settled } from '../stage/browser.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')
const rows = 3000
const failsFrom = 1800

/** A machine that runs at about 85 degrees, and fails for five hours in the middle. */
function recording() {
  const start = Date.UTC(2013, 11, 2, 21, 15)
  const lines = Array.from({ length: rows }, (_, at) => {
    const stamp = new Date(start + at * 300_000).toISOString().replace('T', ' ').slice(0, 19)
    const fails = at >= failsFrom && at < failsFrom + 60
    return `${stamp},${((fails ? 20 : 85) + 5 * Math.sin(at / 40)).toFixed(4)}`
  })
  return ['timestamp,value', ...lines, ''].join('\n')
}

story('a recording is replayed, its failure is found by a rule, and opens an incident', {}, async (stage) => {
  const server = await stage.server()
  const api = await settle(server)
  const [machine, twin] = await Promise.all(['Machine 7', 'Machine 8'].map((name) => api('POST', '/devices', { name, profile: 'machine' })))
  const folder = mkdtempSync(join(tmpdir(), 'smartsecurity-recording-'))
  const file = join(folder, 'machine.csv')
  writeFileSync(file, recording())
  const replay = ({ credentials }) => run(server.binary, ['replay', '--server', server.url, '--device-username', credentials.username, '--device-password', credentials.password, '--batch', '50', file])
  try {
    await replay(machine)
    const stored = async ({ id }) => (await api('GET', `/devices/${id}/history-range`)).rows
    await eventually(async () => (await stored(machine)) === rows, 'each row is stored once')

    const { page } = await stage.window(server, { as: owner })
    await page.goto(`/devices/${machine.id}?tab=history`)
    await page.getByRole('button', { name: say('devices.history.all'), exact: true }).or(page.getByRole('radio', { name: say('devices.history.all'), exact: true })).first().click()
    await page.locator('main canvas').first().waitFor()

    await page.goto('/rules/new')
    await page.getByLabel(say('rules.form.profile'), { exact: true }).selectOption('machine')
    await page.getByLabel(say('rules.form.field'), { exact: true }).selectOption('value')
    await page.getByText(say('rules.form.below'), { exact: true }).click()
    await page.getByLabel(say('rules.form.limit'), { exact: true }).fill('50')
    await page.getByLabel(say('rules.preview.reach')).selectOption('all')
    await page.getByRole('button', { name: say('rules.preview.run') }).click()
    await page.getByText(say('rules.preview.fired', {}, 1), { exact: true }).waitFor()
    await page.locator('main canvas').first().waitFor()
    await page.getByLabel(say('rules.form.name'), { exact: true }).fill('Machine fails')
    await page.getByRole('button', { name: say('rules.create') }).click()
    await page.getByRole('heading', { level: 1, name: 'Machine fails' }).waitFor()

    // The same happens to another machine of the kind, and this time somebody watches.
    await replay(twin)
    await eventually(async () => (await stored(twin)) === rows, 'each row of the other is stored once')
    await page.goto('/incidents')
    await page.getByRole('link', { name: /Machine fails/ }).click()
    await page.locator('main canvas').first().waitFor()
    await settled(page)
    check(await page.getByText('Machine 8').first().isVisible(), 'the incident names the machine')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
