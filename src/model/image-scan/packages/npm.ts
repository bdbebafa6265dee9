/** `node_modules/<name>/package.json`. */
import type { FoundPackage } from '../package.ts'

export const npmPackages = (content: Buffer, path: string): readonly FoundPackage[] => {
  const { name, version } = membersOf(content)
  return typeof name === 'string' && typeof version === 'string' && name !== '' && version !== ''
    ? [{ kind: 'npm', name, version, path }]
    : []
}

/** Of what is no JSON, none. */
const membersOf = (content: Buffer): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(content.toString('utf8'))) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
