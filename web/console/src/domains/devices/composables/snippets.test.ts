import { expect, it } from 'vitest'
import { curl, isLoopback, mosquitto, paho, shellQuote } from './snippets'

const access = { host: 'iot.example.org', port: 1883, url: 'https://iot.example.org', username: 'd7k2', password: `it's "$HOME"` }

it('quotes for the shell, so that a password is never a program', () => {
  expect(shellQuote('plain-1.2')).toBe('plain-1.2')
  expect(shellQuote(`it's`)).toBe(`'it'\\''s'`)
  expect(mosquitto(access)).toContain(`-P 'it'\\''s "$HOME"'`)
  expect(curl(access)).toContain(`-u 'd7k2:it'\\''s "$HOME"'`)
})

it('sends the event that the first Sigma rule matches', () => {
  expect(mosquitto(access, 'events')).toContain(`-t events -m '{"action": "login", "outcome": "failure", "user": "admin"}'`)
  expect(curl(access, 'events')).toContain('https://iot.example.org/api/v1/events')
})

it('quotes for Python as Python reads it', () => {
  expect(paho(access)).toContain(`client.username_pw_set("d7k2", "it's \\"$HOME\\"")`)
})

it('knows an address that others cannot reach', () => {
  expect(isLoopback('127.0.0.1')).toBe(true)
  expect(isLoopback('localhost')).toBe(true)
  expect(isLoopback('192.168.1.20')).toBe(false)
})
