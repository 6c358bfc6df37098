// Ready-made commands for a new device. Pure text: whatever a name or password holds is quoted for where it stands.

export interface Access {
  host: string
  port: number
  url: string
  username: string
  password: string
}

/** What a device may say. The event is the one that the console's and the documentation's first Sigma rule match. */
export const examples = {
  telemetry: '{"temperature": 21.5}',
  events: '{"action": "login", "outcome": "failure", "user": "admin"}',
} as const
export type Topic = keyof typeof examples

/** For a POSIX shell. */
export const shellQuote = (text: string) => (/^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

export function mosquitto({ host, port, username, password }: Access, topic: Topic = 'telemetry'): string {
  return [
    `mosquitto_pub -h ${shellQuote(host)} -p ${port} -q 1 \\`,
    `  -u ${shellQuote(username)} -P ${shellQuote(password)} \\`,
    `  -t ${topic} -m ${shellQuote(examples[topic])}`,
  ].join('\n')
}

/** Debian's own package is older than the interface that the program below uses, and its pip wants an environment. */
export const pahoInstall = 'python3 -m venv env && env/bin/pip install "paho-mqtt>=2"'

export function paho({ host, port, username, password }: Access): string {
  return `import json, time
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.username_pw_set(${JSON.stringify(username)}, ${JSON.stringify(password)})
client.on_connect = lambda client, data, flags, reason, properties: print("connect:", reason, flush=True)
client.connect(${JSON.stringify(host)}, ${port})
client.loop_start()

while True:
    message = client.publish("telemetry", json.dumps(${examples.telemetry}), qos=1)
    message.wait_for_publish(10)
    print("stored:", message.is_published(), flush=True)
    time.sleep(10)
`
}

export const pahoEvent = `client.publish("events", json.dumps(${examples.events}), qos=1)`

export function curl({ url, username, password }: Access, topic: Topic = 'telemetry'): string {
  return [
    `curl -sS -u ${shellQuote(`${username}:${password}`)} \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d ${shellQuote(examples[topic])} \\`,
    `  ${shellQuote(`${url}/api/v1/${topic}`)}`,
  ].join('\n')
}

/** Only programs on the same machine can reach it. */
export const isLoopback = (host: string) => /^(127\.|localhost$|::1$|\[::1\]$)/.test(host)
