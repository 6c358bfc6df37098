// The real server in a directory of its own: what a stranger starts, seen from outside only.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const binary = process.env.SMARTSECURITY_BIN
// The server refuses settings that it does not know, and these are ours.
const bare = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SMARTSECURITY_')))

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

export async function startServer({ env = {} } = {}) {
  if (!binary) throw new Error('Set SMARTSECURITY_BIN to the server to test.')
  const data = mkdtempSync(join(tmpdir(), 'smartsecurity-e2e-'))
  const [http, mqtt, ops] = await Promise.all([freePort(), freePort(), freePort()])
  const child = spawn(binary, ['serve', '--data', data], {
    env: { ...bare, SMARTSECURITY_HTTP__LISTEN: `127.0.0.1:${http}`, SMARTSECURITY_MQTT__LISTEN: `127.0.0.1:${mqtt}`, SMARTSECURITY_OPS__LISTEN: `127.0.0.1:${ops}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const setupUrl = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The server was not ready within 30 s. It said:\n${said}`)), 30_000)
    const listen = (chunk) => {
      said += chunk
      const found = /https?:\/\/\S+\/setup\?token=\S+/.exec(said)?.[0]
      if (found) resolve(clearTimeout(timer) ?? found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('error', (error) => reject(clearTimeout(timer) ?? error))
    child.once('exit', (code) => reject(clearTimeout(timer) ?? new Error(`The server ended with ${code}. It said:\n${said}`)))
  })
  return {
    binary,
    url: `http://127.0.0.1:${http}`,
    data,
    mqtt: { host: '127.0.0.1', port: mqtt },
    setupUrl,
    said: () => said,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(timer)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Calls the API as anybody may; a refusal is thrown with the problem's status and words. */
export function caller(url, token, agent = 'smartsecurity-e2e') {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, { method, headers: { 'user-agent': agent, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const text = await response.text()
    const answer = text === '' ? undefined : JSON.parse(text)
    if (!response.ok) throw Object.assign(new Error(`${method} ${path}: ${response.status} ${text}`), { status: response.status, problem: answer })
    return answer
  }
}

export const owner = { email: 'ada@example.com', password: 'correct horse battery staple', name: 'Ada', tenant: 'Analytical Engines' }

/** Skips the setup screen, for stories that are about something else. */
export async function settle(server, language = 'en') {
  const token = new URL(server.setupUrl).searchParams.get('token')
  const tokens = await caller(server.url)('POST', '/setup', { token, ...owner, language })
  return caller(server.url, tokens.access_token)
}

export async function signIn(url, { email, password } = owner, agent) {
  return caller(url, undefined, agent)('POST', '/auth/login', { email, password })
}
