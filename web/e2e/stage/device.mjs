// Devices as strangers build them: the public MQTT clients, run as programs.
import { spawn } from 'node:child_process'

/** Runs a command with `input` on its standard input; refuses by throwing what it printed. */
export function run(command, args, { input = '', env = {}, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { shell, env: { ...process.env, ...env } })
    let said = ''
    child.stdout.on('data', (chunk) => (said += chunk))
    child.stderr.on('data', (chunk) => (said += chunk))
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve(said) : reject(Object.assign(new Error(`${command} ended with ${code}: ${said}`), { said }))))
    child.stdin.end(input)
  })
}

/** What somebody pastes into a terminal. */
export const paste = (line) => run(line, [], { shell: true })

/** Publishes each message with QoS 1 and returns when the server has acknowledged all. */
export function publish(server, { username, password }, topic, messages) {
  const lines = [messages].flat().map((message) => (typeof message === 'string' ? message : JSON.stringify(message)))
  return run('mosquitto_pub', ['-h', server.mqtt.host, '-p', String(server.mqtt.port), '-q', '1', '-u', username, '-P', password, '-t', topic, '-l'], { input: `${lines.join('\n')}\n` })
}
