/** The condition keys of several policies together. */
import { contextKeysOf } from '../../../model/policy/context-keys.ts'
import type { PolicyDocument } from '../../../model/policy/document.ts'

/** Each once, as the first policy that has it spells it. */
export const contextKeyNames = (policies: readonly { readonly document: PolicyDocument }[]): string[] => {
  const names = new Map<string, string>()
  for (const name of policies.flatMap(({ document }) => contextKeysOf(document)))
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  return [...names.values()]
}
