import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pushImage, type RegistryServer, startRegistry } from '../../../test/registry-server.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import type { AuditEvent, AuditSink } from '../../model/audit-event.ts'
import { DAY_MS } from '../../model/limits.ts'
import { imageLifecycle } from './image-lifecycle.ts'

describe('the lifecycle of images', () => {
  let registry: RegistryServer
  let events: AuditEvent[]

  beforeEach(async () => {
    registry = await startRegistry()
    events = []
  })

  afterEach(() => registry.stop())

  const withPolicy = (selection: object, action: object = { type: 'expire' }) =>
    registry.addRepository('web', {
      lifecyclePolicyText: JSON.stringify({ rules: [{ rulePriority: 5, description: 'old', selection, action }] }),
    })

  const keep: AuditSink = { append: (event) => void events.push(event) }

  const run = async (afterMs: number, audit = keep): Promise<void> => {
    const { store } = registry
    const clock = new ManualClock(Date.now() + afterMs)
    const controller = imageLifecycle({ store, clock, ids: new SystemIds(), log: silentLog, audit })
    for (const arn of controller.keys()) await controller.reconcile(arn)
  }

  const status = async (tag: string): Promise<number> => (await registry.send('GET', `web/manifests/${tag}`)).status

  it('expires what the policy says, and leaves a trace of it', async () => {
    await withPolicy({ tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 })
    const digest = await pushImage(registry, 'web', 'v1')
    await run(7 * DAY_MS - 60_000)
    expect(await status('v1')).toBe(200)
    expect(events).toEqual([])
    await run(7 * DAY_MS + 60_000)
    expect(await status('v1')).toBe(404)
    expect(events).toMatchObject([
      {
        eventName: 'PolicyExecutionEvent',
        eventType: 'AwsServiceEvent',
        userIdentity: { invokedBy: 'AWS Internal' },
        resources: [{ ARN: 'arn:aws:ecr:us-east-1:000000000000:repository/web' }],
        serviceEventDetails: {
          repositoryName: 'web',
          lifecycleEventPolicy: { lifecycleEventRules: [{ rulePriority: 5, description: 'old', action: 'expire' }] },
          lifecycleEventImageActions: [
            { lifecycleEventImage: { digest, tagStatus: 'Tagged', tagList: ['v1'] }, rulePriority: 5 },
          ],
        },
      },
    ])
    expect([...registry.store.tables.repositories.rows()][0]?.lifecycleEvaluatedAt).toBeGreaterThan(Date.now())
  })

  it('makes an event of every ten images', async () => {
    await withPolicy({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 })
    for (let at = 0; at < 13; at += 1) await pushImage(registry, 'web', `v${at}`)
    await run(0)
    expect(registry.store.tables.images.size).toBe(1)
    expect(events).toHaveLength(2)
  })

  it.each(['stays', 'is deleted meanwhile'])(
    'tells of what it did before a crash, if the repository %s',
    async (fate) => {
      const repository = await withPolicy({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 })
      for (let at = 0; at < 13; at += 1) await pushImage(registry, 'web', `v${at}`)
      const append = (event: AuditEvent): void => {
        if (events.length === 1) throw new Error('the process is gone')
        events.push(event)
      }
      await expect(run(0, { append })).rejects.toThrow('the process is gone')
      if (fate !== 'stays') await registry.store.transact((tx) => tx.repositories.remove(repository.arn))
      await run(0)
      const told = new Set(events.map(({ eventID }) => eventID))
      expect([events.length, told.size]).toEqual([3, 2])
      await run(0)
      expect(events).toHaveLength(3)
    },
  )

  it('archives images, which cannot be pulled then, until they are pushed again', async () => {
    const target = { type: 'transition', targetStorageClass: 'archive' }
    await withPolicy({ tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 1 }, target)
    await pushImage(registry, 'web', 'v1')
    const manifest = await (await registry.send('GET', 'web/manifests/v1')).text()
    await run(2 * DAY_MS)
    expect(await status('v1')).toBe(404)
    const type = 'application/vnd.oci.image.manifest.v1+json'
    expect((await registry.send('PUT', 'web/manifests/v1', manifest, { 'Content-Type': type })).status).toBe(201)
    expect(await status('v1')).toBe(200)
  })
})
