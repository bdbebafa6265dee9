import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { aService } from '../../../../test/builders/a-service.ts'
import { described, withService } from '../../../../test/ecs-services.ts'
import { seeded } from '../../../../test/seeded.ts'
import { describeServices } from './describe-services.ts'

const PREFIX = 'arn:aws:ecs:us-east-1:000000000000:service'
const WEB_ARN = `${PREFIX}/default/web`

describe('DescribeServices', () => {
  it('finds services by name and by either form of their ARN, and reports the missing', async () => {
    const ecs = await withService()
    const foreign = WEB_ARN.replace('us-east-1', 'eu-west-1')

    const { services, failures } = await ecs.call(describeServices, {
      services: ['web', `${PREFIX}/web`, WEB_ARN, 'none', foreign],
    })

    expect(services?.map(({ serviceArn }) => serviceArn)).toEqual([WEB_ARN, WEB_ARN, WEB_ARN])
    expect(failures).toEqual([
      { arn: `${PREFIX}/default/none`, reason: 'MISSING' },
      { arn: foreign, reason: 'MISSING' },
    ])
  })

  it('shows tags only when asked', async () => {
    const ecs = await withService({ tags: [{ key: 'team', value: 'a' }] })

    const { services } = await ecs.call(describeServices, { services: ['web'] })

    expect(services?.[0]).not.toHaveProperty('tags')
    expect(await described(ecs)).toMatchObject({ tags: [{ key: 'team', value: 'a' }] })
  })

  it('shows the last hundred events, newest first', async () => {
    const ecs = await withService()
    await ecs.store.transact((tx) => {
      for (let n = 0; n < 120; n++)
        tx.serviceEvents.insert({
          eventId: `e${n}`,
          serviceArn: WEB_ARN,
          createdAt: Math.floor(n / 2),
          message: `${n}`,
        })
    })

    const { events = [] } = await described(ecs)

    expect(events).toHaveLength(100)
    expect(events.slice(0, 3).map(({ message }) => message)).toEqual(['119', '118', '117'])
  })

  it('still describes a service that is INACTIVE', async () => {
    const ecs = await seeded({})
    await ecs.store.transact((tx) => tx.services.insert(aService({ status: 'INACTIVE', desiredCount: 0 })))

    expect(await described(ecs)).toMatchObject({ status: 'INACTIVE', deployments: [], currentServiceRevisions: [] })
  })

  it.each([
    ['no services', { services: [] }, 'Services cannot be empty.'],
    ['too many', { services: 'a b c d e f g h i j k'.split(' ') }, 'Services can have at most 10 items.'],
    ['something else’s ARN', { services: [`${PREFIX.replace('service', 'task')}/a`] }, 'Expected service.'],
    ['the ARN of a service elsewhere', { services: [`${PREFIX}/other/web`] }, 'Your cluster is default'],
    ['an ARN that is too long', { services: [`${PREFIX}/a/b/c`] }, 'Unexpected number of separators'],
    ['an ARN of another AWS service', { services: ['arn:aws:s3:::bucket'] }, 'Identifier is not an Amazon ECS ARN.'],
    ['an unknown cluster', { cluster: 'none', services: ['web'] }, 'Cluster not found.'],
    ['an unknown field', { services: ['web'], include: ['X' as never] }, "Value 'X' at 'include'"],
  ])('refuses %s', async (_what, input, message) => {
    const ecs = await seeded({ clusters: [aCluster()] })

    await expect(ecs.call(describeServices, input)).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
    })
  })
})
