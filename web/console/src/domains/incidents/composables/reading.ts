import type { Incident } from '@smartsecurity/client'

/** An incident is called as its rule is; its own title stands in when the rule is gone. */
export const headline = (incident: Pick<Incident, 'title' | 'rule'>) => incident.rule.name ?? incident.title
