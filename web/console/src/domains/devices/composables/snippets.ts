// Ready-made commands for a new device. Pure text: whatever a name or password holds is quoted for where it stands.

export interface Access {
  host: string
  port: number
  url: string
  username: string
  password: string
}

/** For a POSIX shell. */
export const shellQuote = (text: string) => (/^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

export function mosquitto({ host, port, username, password }: Access): string {
  return [
    `mosquitto_pub -h ${shellQuote(host)} -p ${port} -q 1 \\`,
    `  -u ${shellQuote(username)} -P ${shellQuote(password)} \\`,
    `  -t telemetry -m '{"temperature": 21.5}'`,
  ].join('\n')
}

export function paho({ host, port, username, password }: Access): string {
  return `import json, time
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.username_pw_set(${JSON.stringify(username)}, ${JSON.stringify(password)})
client.on_connect = lambda client, data, flags, reason, properties: print("connect:", reason)
client.connect(${JSON.stringify(host)}, ${port})
client.loop_start()

while True:
    message = client.publish("telemetry", json.dumps({"temperature": 21.5}), qos=1)
    message.wait_for_publish(10)
    print("stored:", message.is_published())
    time.sleep(10)
`
}

export function curl({ url, username, password }: Access): string {
  return [
    `curl -sS -u ${shellQuote(`${username}:${password}`)} \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '{"temperature": 21.5}' \\`,
    `  ${shellQuote(`${url}/api/v1/telemetry`)}`,
  ].join('\n')
}

/** Only programs on the same machine can reach it. */
export const isLoopback = (host: string) => /^(127\.|localhost$|::1$|\[::1\]$)/.test(host)
