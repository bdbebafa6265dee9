/** One member of a secret that is a JSON object. What is wrong with it is told without any of its text. */
import { isJsonObject } from '../docker/overlay.ts'
import { missingJsonKey, NOT_JSON } from './failures.ts'

/** Texts as they are, everything else as JSON. */
export const jsonMember = (text: string, name: string): { readonly value: string } | { readonly problem: string } => {
  const secret = parsed(text)
  if (!isJsonObject(secret)) return { problem: NOT_JSON }
  if (!Object.hasOwn(secret, name)) return { problem: missingJsonKey(name) }
  const value = secret[name]
  return { value: typeof value === 'string' ? value : JSON.stringify(value) }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
