/** Reads what a task wants of its protection: `{"ProtectionEnabled": ..., "ExpiresInMinutes": ...}` and nothing else. Pure. */

export interface WantedProtection {
  /** Undefined if it is not said. */
  readonly protectionEnabled?: boolean
  readonly expiresInMinutes?: number
}

/** AWS: the ECS agent minds no case in the names of members. */
const MEMBERS: Readonly<Record<string, (value: unknown) => WantedProtection | undefined>> = {
  protectionenabled: (value) => (typeof value === 'boolean' ? { protectionEnabled: value } : undefined),
  expiresinminutes: (value) => (Number.isSafeInteger(value) ? { expiresInMinutes: value as number } : undefined),
}

/** Undefined if the text is anything else. A member that is null is one that is not there. */
export const readProtectionChange = (text: string | undefined): WantedProtection | undefined => {
  const value = parsed(text ?? '')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  let wanted: WantedProtection = {}
  for (const [name, member] of Object.entries(value)) {
    const lower = name.toLowerCase()
    if (!Object.hasOwn(MEMBERS, lower)) return undefined
    const read = member === null ? {} : MEMBERS[lower]?.(member)
    if (read === undefined) return undefined
    wanted = { ...wanted, ...read }
  }
  return wanted
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
