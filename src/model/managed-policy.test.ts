import { describe, expect, it } from 'vitest'
import type { PolicyRecord } from './iam-records.ts'
import { managedPolicyDocument } from './managed-policy.ts'

const own: PolicyRecord = {
  arn: 'arn:aws:iam::000000000000:policy/own',
  account: '000000000000',
  policyName: 'own',
  policyId: 'ANPA0000000000000000A',
  path: '/',
  versions: [
    { versionId: 'v1', document: '{"first":true}', createdAt: 0 },
    { versionId: 'v2', document: '{"second":true}', createdAt: 0 },
  ],
  defaultVersionId: 'v2',
  latestVersionNumber: 2,
  createdAt: 0,
  updatedAt: 0,
  tags: [],
}
const get = (arn: string): PolicyRecord | undefined => (arn === own.arn ? own : undefined)

describe('managedPolicyDocument', () => {
  it('gives the default version of a stored policy', () => {
    expect(managedPolicyDocument(get, own.arn)).toMatchObject({ document: '{"second":true}', versionId: 'v2' })
  })

  it("gives AWS's own without asking the store", () => {
    const found = managedPolicyDocument(get, 'arn:aws:iam::aws:policy/AdministratorAccess')
    expect(JSON.parse(found?.document ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    })
  })

  it('gives nothing for a policy that is not there', () => {
    expect(managedPolicyDocument(get, 'arn:aws:iam::aws:policy/Imagined')).toBeUndefined()
  })
})
