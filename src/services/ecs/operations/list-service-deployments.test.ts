import { describe, expect, it } from 'vitest'
import { aService, aServiceDeployment } from '../../../../test/builders/a-service.ts'
import { BUILT_AT_MS } from '../../../../test/builders/ids.ts'
import { seeded } from '../../../../test/seeded.ts'
import { listServiceDeployments } from './list-service-deployments.ts'

const at = (seconds: number): number => BUILT_AT_MS + seconds * 1000
const dateAt = (seconds: number): Date => new Date(at(seconds))
const other = aService({ serviceName: 'other' })
const first = aServiceDeployment({
  createdAt: at(1),
  startedAt: at(2),
  finishedAt: at(3),
  status: 'SUCCESSFUL',
  statusReason: 'Done.',
})
const second = aServiceDeployment({ createdAt: at(10), status: 'STOPPED' })
const third = aServiceDeployment({ createdAt: at(20), status: 'PENDING' })
const serviceDeployments = [second, third, first, aServiceDeployment({ serviceArn: other.serviceArn })]

const withDeployments = () => seeded({ services: [aService(), other], serviceDeployments })
const arns = (...rows: readonly { readonly serviceDeploymentArn: string }[]) =>
  rows.map(({ serviceDeploymentArn }) => ({ serviceDeploymentArn }))

describe('ListServiceDeployments', () => {
  it("lists one service's deployments, newest first", async () => {
    const ecs = await withDeployments()
    const answer = await ecs.call(listServiceDeployments, { service: 'web' })
    expect(answer.serviceDeployments).toMatchObject(arns(third, second, first))
    expect(answer.serviceDeployments?.[2]).toEqual({
      serviceDeploymentArn: first.serviceDeploymentArn,
      serviceArn: first.serviceArn,
      clusterArn: first.clusterArn,
      createdAt: dateAt(1),
      startedAt: dateAt(2),
      finishedAt: dateAt(3),
      status: 'SUCCESSFUL',
      statusReason: 'Done.',
      targetServiceRevisionArn: first.targetServiceRevision.serviceRevisionArn,
    })
  })

  it.each([
    ['status', { status: ['SUCCESSFUL', 'STOPPED'] as const }, [second, first]],
    ['time after', { createdAt: { after: dateAt(1) } }, [third, second]],
    ['time before', { createdAt: { before: dateAt(20) } }, [second, first]],
    ['both', { status: ['STOPPED'] as const, createdAt: { after: dateAt(1), before: dateAt(20) } }, [second]],
  ])('filters by %s', async (_what, { status, createdAt }: FilterCase, expected) => {
    const ecs = await withDeployments()
    const filter = { ...(status && { status: [...status] }), ...(createdAt && { createdAt }) }
    const answer = await ecs.call(listServiceDeployments, { service: aService().serviceArn, ...filter })
    expect(answer.serviceDeployments).toMatchObject(arns(...expected))
    expect(answer.serviceDeployments).toHaveLength(expected.length)
  })

  it('goes on where a page ended, for the same filters only', async () => {
    const ecs = await withDeployments()
    const { nextToken, ...page } = await ecs.call(listServiceDeployments, { service: 'web', maxResults: 2 })
    expect(page.serviceDeployments).toMatchObject(arns(third, second))
    const rest = await ecs.call(listServiceDeployments, { service: 'web', nextToken })
    expect(rest.serviceDeployments).toMatchObject(arns(first))
    expect(rest).not.toHaveProperty('nextToken')
    await expect(ecs.call(listServiceDeployments, { service: 'other', nextToken })).rejects.toMatchObject({
      message: 'Invalid token.',
    })
  })

  it('gives twenty at once unless asked for another number', async () => {
    const many = Array.from({ length: 21 }, (_, index) => aServiceDeployment({ createdAt: at(index) }))
    const ecs = await seeded({ services: [aService()], serviceDeployments: many })
    expect((await ecs.call(listServiceDeployments, { service: 'web' })).serviceDeployments).toHaveLength(20)
  })

  it.each([
    ['no service', { service: undefined }, 'InvalidParameterException'],
    ['an unknown service', { service: 'none' }, 'ServiceNotFoundException'],
    ['an unknown cluster', { service: 'web', cluster: 'none' }, 'ClusterNotFoundException'],
    ['an unknown status', { service: 'web', status: ['DONE' as never] }, 'InvalidParameterException'],
    ['too many results', { service: 'web', maxResults: 101 }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, input, code) => {
    const ecs = await withDeployments()
    await expect(ecs.call(listServiceDeployments, input)).rejects.toMatchObject({ code })
  })
})

interface FilterCase {
  readonly status?: readonly ('SUCCESSFUL' | 'STOPPED')[]
  readonly createdAt?: { readonly after?: Date; readonly before?: Date }
}
