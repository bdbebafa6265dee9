/** Simulations are worth something only if calls are decided in the same way: random policies, put where policies can be. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IamWorld, IAM_ACCOUNT } from '../../../../test/iam-service.ts'
import { evaluate } from '../../../model/policy/evaluate.ts'
import { PreparedPolicies } from '../../principal-policies.ts'

const cluster = (name: string): string => `arn:aws:ecs:us-east-1:${IAM_ACCOUNT}:cluster/${name}`
const ACTIONS = ['ecs:RunTask', 'ecs:StopTask', 'ecs:DescribeTasks']
const RESOURCES = [cluster('a'), cluster('b')]

const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  Action: fc.subarray([...ACTIONS, 'ecs:*Task'], { minLength: 1 }),
  Resource: fc.subarray([...RESOURCES, '*', 'arn:aws:ecs:*:*:cluster/${aws:username}'], { minLength: 1 }),
})
const policy = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((Statement) => JSON.stringify({ Version: '2012-10-17', Statement }))
const maybe = fc.option(policy, { nil: undefined })
const places = fc.record({ inline: maybe, managed: maybe, ofGroup: maybe, boundary: maybe })

/** The user `a`, with policies in those places. */
const withUser = async (given: typeof places extends fc.Arbitrary<infer T> ? T : never): Promise<IamWorld> => {
  const iam = await IamWorld.start()
  const UserName = 'a'
  const managed = async (PolicyName: string, PolicyDocument: string): Promise<string> =>
    (await iam.call('CreatePolicy', { PolicyName, PolicyDocument })).Policy?.Arn ?? ''
  await iam.call('CreateUser', { UserName })
  await iam.call('CreateGroup', { GroupName: 'g' })
  await iam.call('AddUserToGroup', { UserName, GroupName: 'g' })
  const { inline, managed: attached, ofGroup, boundary } = given
  if (inline) await iam.call('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: inline })
  if (attached) await iam.call('AttachUserPolicy', { UserName, PolicyArn: await managed('m', attached) })
  if (ofGroup) await iam.call('PutGroupPolicy', { GroupName: 'g', PolicyName: 'p', PolicyDocument: ofGroup })
  if (boundary)
    await iam.call('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: await managed('b', boundary) })
  return iam
}

describe('SimulatePrincipalPolicy', () => {
  it('decides as calls are decided', async () => {
    const check = async (given: Parameters<typeof withUser>[0]): Promise<void> => {
      const iam = await withUser(given)
      const { User } = await iam.call('GetUser', { UserName: 'a' })
      const arn = User?.Arn ?? ''
      const principal = { arn, account: IAM_ACCOUNT, userId: User?.UserId ?? '', accessKeyId: 'AKIA' }
      const { identity, boundary } = new PreparedPolicies().of(iam.store.tables, principal)
      const context = { 'aws:username': ['a'] }
      const decided = ACTIONS.map((action) =>
        RESOURCES.map(
          (resource) =>
            evaluate({ principal, action, resource, context }, { identity, ...(boundary && { boundary }) }).outcome,
        ),
      )

      const { EvaluationResults = [] } = await iam.call('SimulatePrincipalPolicy', {
        PolicySourceArn: arn,
        ActionNames: ACTIONS,
        ResourceArns: RESOURCES,
      })

      const simulated = EvaluationResults.map(({ ResourceSpecificResults = [] }) =>
        ResourceSpecificResults.map(({ EvalResourceDecision }) => EvalResourceDecision),
      )
      expect(simulated).toEqual(decided)
    }
    await fc.assert(fc.asyncProperty(places, check), { numRuns: 100 })
  })
})
