import type { ListServicesRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aDeployment, aService, aServiceRevision } from '../../../../test/builders/a-service.ts'
import type { EcsHarness } from '../../../../test/ecs-context.ts'
import { seeded } from '../../../../test/seeded.ts'
import type { ServiceRecord, ServiceRevisionRecord } from '../../../model/service-records.ts'
import { listServices } from './list-services.ts'

const insert = async (
  ecs: EcsHarness,
  service: Partial<ServiceRecord>,
  revision: Partial<ServiceRevisionRecord> = {},
): Promise<void> => {
  const record = aService(service)
  const itsRevision = aServiceRevision({ serviceArn: record.serviceArn, ...revision })
  await ecs.store.transact((tx) => {
    tx.services.insert(record)
    tx.serviceRevisions.insert(itsRevision)
    tx.deployments.insert(aDeployment(itsRevision))
  })
}

const namesOf = ({ serviceArns = [] }: { serviceArns?: string[] | undefined }): string[] =>
  serviceArns.map((arn) => arn.split('/').at(-1) ?? '')

describe('ListServices', () => {
  it('lists ACTIVE services by ten unless told otherwise', async () => {
    const ecs = await seeded({})
    for (let n = 0; n < 12; n++) await insert(ecs, { serviceName: `s${String(n).padStart(2, '0')}` })
    await insert(ecs, { serviceName: 'gone', status: 'INACTIVE' })
    await insert(ecs, { serviceName: 'going', status: 'DRAINING' })

    const first = await ecs.call(listServices, {})
    const second = await ecs.call(listServices, { nextToken: first.nextToken })

    expect(first.serviceArns).toHaveLength(10)
    expect(namesOf(second)).toEqual(['s10', 's11'])
    expect(second).not.toHaveProperty('nextToken')
    expect((await ecs.call(listServices, { maxResults: 100 })).serviceArns).toHaveLength(12)
  })

  it.each<[Partial<ListServicesRequest>, string[]]>([
    [{ launchType: 'EC2' }, ['agent', 'web']],
    [{ launchType: 'FARGATE' }, ['fargate']],
    [{ schedulingStrategy: 'DAEMON' }, ['agent']],
    [{ schedulingStrategy: 'REPLICA', launchType: 'EC2' }, ['web']],
    [{ resourceManagementType: 'CUSTOMER' }, ['agent', 'fargate', 'spot', 'web']],
    [{ resourceManagementType: 'ECS' }, []],
  ])('filters by %j', async (filter, names) => {
    const ecs = await seeded({})
    await insert(ecs, { serviceName: 'web' })
    await insert(ecs, { serviceName: 'agent', schedulingStrategy: 'DAEMON' })
    await insert(ecs, { serviceName: 'fargate' }, { launchType: 'FARGATE' })
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }]
    await insert(ecs, { serviceName: 'spot' }, { launchType: 'FARGATE', capacityProviderStrategy })

    expect(namesOf(await ecs.call(listServices, filter))).toEqual(names)
  })

  it.each([
    ['pages that are too large', { maxResults: 101 }, 'maxResults must be between 1 and 100.'],
    ['an unknown cluster', { cluster: 'none' }, 'Cluster not found.'],
    ['an unknown launch type', { launchType: 'X' as never }, "Value 'X' at 'launchType'"],
    ['a token of nobody’s', { nextToken: 'x' }, 'Invalid token.'],
  ])('refuses %s', async (_what, input, message) => {
    const ecs = await seeded({})

    await expect(ecs.call(listServices, input)).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
    })
  })
})
