// What a channel needs before the server is asked: all of it is said at once. What can be sent to is for the server to judge.
import type { Channel, ChannelInput } from '@smartsecurity/client'

export const blank = (language: ChannelInput['language']): ChannelInput => ({ name: '', kind: 'email', target: '', min_severity: 'medium', language })

export const asInput = (channel: Channel): ChannelInput => ({ name: channel.name, kind: channel.kind, target: channel.target, min_severity: channel.min_severity, language: channel.language === 'fr' ? 'fr' : 'en' })

export const trimmed = (input: ChannelInput): ChannelInput => ({ ...input, name: input.name.trim(), target: input.target.trim() })

/** The message for each field that is empty. */
export function missing({ name, kind, target }: ChannelInput): { name?: string; target?: string } {
  return {
    ...(name.trim() === '' && { name: 'settings.channel.needs.name' }),
    ...(target.trim() === '' && { target: kind === 'email' ? 'settings.channel.needs.address' : 'settings.channel.needs.url' }),
  }
}
