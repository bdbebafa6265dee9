/** What can be asked for by what. */
export const USAGE_KINDS = ['cluster', 'service', 'task', 'instance'] as const

export type UsageKind = (typeof USAGE_KINDS)[number]
