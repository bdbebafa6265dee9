/**
 * For every operation of every service: who is allowed nothing is denied, in AWS's words; who is allowed exactly what it asks for is not;
 * and nothing that it asks for can be left out.
 */
import { describe, expect, it } from 'vitest'
import { globOf, matchesGlob } from '../../src/model/policy/glob.ts'
import type { NamedDemand } from '../../src/services/operations.ts'
import { attempt, CALLER, services } from '../guarded-calls.ts'

/** Operations that every caller may call, as with AWS. A web identity is proved by its token, a machine by its activation or its key. */
const OPEN: ReadonlySet<string> = new Set([
  'ssm:RegisterManagedInstance',
  'ssm:RequestManagedInstanceRoleToken',
  'sts:AssumeRoleWithWebIdentity',
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
])

/** Actions of operations that have none of their own name. */
const OTHER_ACTIONS: Readonly<Record<string, string>> = { 'kms:ReEncrypt': 'kms:ReEncryptFrom' }

const sentenceOf = ({ action, resource, named = resource }: NamedDemand): string =>
  `User: ${CALLER.arn} is not authorized to perform: ${action} on resource: ${named} ` +
  `because no identity-based policy allows the ${action} action`

/** Whether allowing the one allows the other, because its resource is a pattern. */
const covers = (one: NamedDemand, other: NamedDemand): boolean =>
  one.action === other.action && (one.resource === other.resource || matchesGlob(globOf(one.resource), other.resource))

describe.each(services.map((service) => [service.name, service] as const))('%s', (name, service) => {
  it.each([...service.operations].map((operation) => [operation]))('%s', async (operation) => {
    const { denial, asked } = await attempt(service, operation, [])
    const [first] = asked
    expect(first === undefined).toBe(OPEN.has(`${name}:${operation}`))
    if (first === undefined) return
    expect(denial).toBe(sentenceOf(first))
    for (const key of asked.flatMap(({ context = {} }) => Object.keys(context))) expect(key).toBe(key.toLowerCase())
    const own = OTHER_ACTIONS[`${name}:${operation}`] ?? `${name}:${operation}`
    expect(asked.map(({ action }) => action)).toContain(own)

    const allowed = await attempt(service, operation, asked)
    expect(allowed.denial).toBeUndefined()
    for (const left of asked) {
      const others = asked.filter((demand) => !covers(demand, left))
      const { denial: lacking } = await attempt(service, operation, others)
      expect(lacking, `without ${left.action} on ${left.resource}`).toBe(sentenceOf(left))
    }
  })
})
