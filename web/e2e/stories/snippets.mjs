import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, eventually, story } from '../stage/story.mjs'
import { caller, owner, settle, signIn } from '../stage/server.mjs'
import { paste, run } from '../stage/device.mjs'
import { speaker } from '../stage/words.mjs'

const say = speaker('en')
const copyWord = 'Copy'
const offline = /Temporary failure in name resolution|Name or service not known|Network is unreachable|Failed to establish a new connection|timed out|No matching distribution/

/** The first rule that the documentation shows for events. */
function documented() {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'rules.md'), 'utf8')
  return /```yaml\n(title:[\s\S]*?)```/.exec(text)[1]
}

/** Runs until it has printed what is waited for. */
function runUntil(command, args, cwd, awaited) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd })
    let said = ''
    const timer = setTimeout(() => child.kill(), 20_000)
    const hear = (chunk) => {
      said += chunk
      if (awaited.test(said)) child.kill()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', () => (clearTimeout(timer), awaited.test(said) ? resolve(said) : reject(new Error(`${command} ${args} said: ${said}`))))
  })
}

story('every command of the connect page works as it is copied', {}, async (stage) => {
  const server = await stage.server()
  await settle(server)
  const { page, context } = await stage.window(server, { as: owner })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const api = caller(server.url, (await signIn(server.url)).access_token)

  // Two rules wait for it: the one that the editor begins with, and the one of the documentation.
  await page.goto('/rules/new')
  await page.getByText(say('rules.kind.sigma'), { exact: true }).click()
  await page.getByRole('button', { name: say('rules.create') }).click()
  await page.getByRole('heading', { level: 1, name: 'Repeated failed logins' }).waitFor()
  await api('POST', '/rules', { name: 'As documented', spec: { kind: 'sigma', yaml: documented() } })

  const connect = async (name) => {
    await page.goto('/devices/connect')
    await page.getByLabel(say('devices.connect.name'), { exact: true }).fill(name)
    await page.getByRole('button', { name: say('devices.connect.create') }).click()
    await page.getByRole('tab', { name: say('devices.connect.shell') }).waitFor()
    const { items } = await api('GET', `/devices?search=${encodeURIComponent(name)}`)
    return items[0].id
  }
  const copy = async (label) => {
    await page.getByRole('button', { name: `${copyWord} – ${label}`, exact: true }).click()
    return page.evaluate(() => navigator.clipboard.readText())
  }
  const counts = async (id) => (await api('GET', `/devices/${id}`)).counters
  const incidents = (id) => eventually(async () => (await api('GET', `/incidents?device=${id}`)).items.length === 2, 'both rules found the event')

  let id = await connect('Shell device')
  await paste(await copy(say('devices.connect.shell')))
  await page.getByText(say('devices.connect.arrived')).waitFor()
  await paste(await copy(say('devices.connect.anEvent')))
  await page.getByText(say('devices.connect.event')).waitFor()
  await incidents(id)
  // What the last tab shows is the same.
  await page.getByRole('tab', { name: say('devices.connect.device'), exact: true }).click()
  const parts = (line) => JSON.parse(line)
  check(parts(await copy('telemetry')).temperature === 21.5, 'a measurement is shown')
  check(parts(await copy('events')).outcome === 'failure', 'an event is shown')

  id = await connect('HTTP device')
  await page.getByRole('tab', { name: say('devices.connect.http'), exact: true }).click()
  // A device that only ever reports events has arrived as well.
  const answer = await paste(await copy(say('devices.connect.anEvent')))
  check(JSON.parse(answer).accepted === 1, `the event is accepted: ${answer}`)
  await page.getByText(say('devices.connect.arrived')).waitFor()
  check(JSON.parse(await paste(await copy(say('devices.connect.http')))).accepted === 1, 'the measurement is accepted')
  await incidents(id)

  id = await connect('Python device')
  await page.getByRole('tab', { name: say('devices.connect.python'), exact: true }).click()
  const folder = mkdtempSync(join(tmpdir(), 'smartsecurity-python-'))
  try {
    const install = await copy(say('devices.connect.install'))
    const failure = await run('sh', ['-c', `cd ${folder} && ${install}`]).then(() => undefined, (error) => error)
    if (failure && offline.test(failure.said)) return console.log('      (without Python: paho-mqtt cannot be fetched from here)')
    if (failure) throw failure
    const program = await copy(say('devices.connect.python'))
    const event = await copy(say('devices.connect.anEvent'))
    writeFileSync(join(folder, 'send.py'), program)
    await runUntil('env/bin/python', ['send.py'], folder, /connect: Success[\s\S]*stored: True/)
    await page.getByText(say('devices.connect.arrived')).waitFor()
    writeFileSync(join(folder, 'send.py'), program.replace('while True:', `${event}\nwhile True:`))
    await runUntil('env/bin/python', ['send.py'], folder, /stored: True/)
    await incidents(id)
    const { points, events } = await counts(id)
    check(points >= 2 && events === 1, `it is stored (${points} values, ${events} events)`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
