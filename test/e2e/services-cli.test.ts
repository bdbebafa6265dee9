/** A service's whole life through Debian's AWS CLI, waiters included, on the real engine. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from './busybox-image.ts'
import { bin, connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'

/** Debian's; a `aws` earlier in the path may be another. */
const AWS = '/usr/bin/aws'
const CLUSTER_ARN = 'arn:aws:ecs:us-east-1:000000000000:cluster/default'
const SERVICE_ARN = 'arn:aws:ecs:us-east-1:000000000000:service/default/web'

interface Described {
  readonly status: string
  readonly runningCount: number
  readonly deployments: { readonly id: string; readonly rolloutState: string }[]
  readonly events: { readonly message: string }[]
}

let longshore: RunningLongshore
let image: string

beforeAll(async () => {
  image = await buildBusyboxImage()
  longshore = await startLongshore()
  await connectedInstance(longshore.client)
})
afterAll(() => longshore.stop())

const run = (output: 'json' | 'text', ...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(AWS, ['--endpoint-url', longshore.endpoint, '--region', 'us-east-1', '--output', output, 'ecs', ...args], {
    encoding: 'utf8',
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_PAGER: '' },
  })

const text = (...args: string[]): string => {
  const { status, stdout, stderr } = run('text', ...args)
  if (status !== 0) throw new Error(stderr)
  return stdout
}

const json = (...args: string[]): Record<string, unknown> => {
  const { status, stdout, stderr } = run('json', ...args)
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Record<string, unknown>
}

const fault = (...args: string[]): string => {
  const { status, stderr } = run('json', ...args)
  expect(status).not.toBe(0)
  return stderr.trim()
}

const web = (): Described => (json('describe-services', '--services', 'web') as { services: Described[] }).services[0]!

/** With a health check, tasks count as soon as they answer; without one they would have to run for 40 seconds. */
const definitions = (): string =>
  JSON.stringify([
    {
      name: 'web',
      image,
      memory: 16,
      command: ['sh', '-c', 'trap "exit 0" TERM; httpd -f -p 80 -h /etc & wait'],
      portMappings: [{ containerPort: 80 }],
      healthCheck: { command: ['CMD-SHELL', 'wget -q -O /dev/null http://127.0.0.1/passwd'], interval: 5, timeout: 2 },
    },
  ])

/** That the tasks really answer, each on its own port of the host. */
const ports = (): string[] => {
  const arns = text('list-tasks', '--service-name', 'web', '--query', 'taskArns[]').trim().split(/\s+/)
  const query = 'tasks[].containers[].networkBindings[].hostPort'
  return text('describe-tasks', '--tasks', ...arns, '--query', query)
    .trim()
    .split(/\s+/)
}

describe('a service through the AWS CLI', () => {
  it('is created, waited for, and answers', async () => {
    expect(json('create-cluster')).toMatchObject({ cluster: { clusterName: 'default', status: 'ACTIVE' } })
    json('register-task-definition', '--family', 'web', '--container-definitions', definitions())
    const breaker = 'deploymentCircuitBreaker={enable=true,rollback=true},maximumPercent=200,minimumHealthyPercent=100'
    const what = ['--service-name', 'web', '--task-definition', 'web', '--desired-count', '2']
    const how = ['--deployment-configuration', breaker, '--tags', 'key=team,value=a', '--propagate-tags', 'SERVICE']
    const created = json('create-service', ...what, ...how)
    expect(created).toMatchObject({
      service: { serviceArn: SERVICE_ARN, status: 'ACTIVE', desiredCount: 2, tags: [{ key: 'team', value: 'a' }] },
    })
    text('wait', 'services-stable', '--services', 'web')
    expect(web()).toMatchObject({ status: 'ACTIVE', runningCount: 2 })
    expect(new Set(ports()).size).toBe(2)
    for (const port of ports()) expect(await (await fetch(`http://127.0.0.1:${port}/passwd`)).text()).toContain('root:')
  })

  it('is deployed anew, and scaled', async () => {
    const [before] = web().deployments
    const forced = json('update-service', '--service', 'web', '--force-new-deployment')
    expect(forced).toMatchObject({ service: { deployments: [{ rolloutState: 'IN_PROGRESS' }, { id: before?.id }] } })
    text('wait', 'services-stable', '--services', 'web')
    const [after] = web().deployments
    expect(after?.id).not.toBe(before?.id)
    await until('the deployment to be completed', () => web().deployments[0]?.rolloutState === 'COMPLETED')
    json('update-service', '--service', 'web', '--desired-count', '3')
    text('wait', 'services-stable', '--services', 'web')
    expect(web()).toMatchObject({ runningCount: 3, deployments: [{ id: after?.id }] })
    expect(ports()).toHaveLength(3)
  })

  it('is shown as text, and by `longshore status`', () => {
    expect(text('list-services')).toBe(`SERVICEARNS\t${SERVICE_ARN}\n`)
    const [service = '', ...rest] = text('describe-services', '--services', 'web').split('\n')
    expect(service).toMatch(/^SERVICES\tarn:aws:ecs:.*\tACTIVE\tarn:aws:ecs:.*:task-definition\/web:1$/)
    expect(rest.map((line) => line.split('\t')[0])).toEqual(
      expect.arrayContaining(['DEPLOYMENTCONFIGURATION', 'DEPLOYMENTCONTROLLER', 'DEPLOYMENTS', 'EVENTS']),
    )
    const query = 'services[0].[serviceName,desiredCount,runningCount]'
    expect(text('describe-services', '--services', 'web', '--query', query)).toBe('web\t3\t3\n')
    expect(json('list-services')).toEqual({ serviceArns: [SERVICE_ARN] })
    expect(json('describe-clusters')).toMatchObject({
      clusters: [{ clusterArn: CLUSTER_ARN, activeServicesCount: 1, runningTasksCount: 3 }],
    })
    const status = (...args: string[]) =>
      spawnSync(bin, ['status', '--data-dir', longshore.dataDir, ...args], { encoding: 'utf8' }).stdout
    expect(status()).toMatch(/^web +default +ACTIVE +web:1 +3 +3 +0 +COMPLETED$/m)
    expect(JSON.parse(status('--json'))).toMatchObject({
      clusters: [{ services: [{ serviceArn: SERVICE_ARN, runningCount: 3, rolloutState: 'COMPLETED' }] }],
    })
  })

  it('is refused in the words of ECS', () => {
    expect(fault('delete-service', '--service', 'web')).toBe(
      'An error occurred (InvalidParameterException) when calling the DeleteService operation: ' +
        'The service cannot be stopped while it is scaled above 0.',
    )
    expect(fault('update-service', '--service', 'wep', '--desired-count', '1')).toContain(
      '(ServiceNotFoundException) when calling the UpdateService operation: Service not found.',
    )
    expect(
      fault('create-service', '--service-name', 'web', '--task-definition', 'web', '--desired-count', '1'),
    ).toContain('(InvalidParameterException) when calling the CreateService operation: Creation of service was not')
    expect(fault('wait', 'services-stable', '--services', 'wep')).toContain('Waiter ServicesStable failed')
    expect(json('describe-services', '--services', 'wep')).toEqual({
      services: [],
      failures: [{ arn: SERVICE_ARN.replace('web', 'wep'), reason: 'MISSING' }],
    })
  })

  it('is deleted with its tasks', async () => {
    expect(json('delete-service', '--service', 'web', '--force')).toMatchObject({
      service: { status: 'DRAINING', desiredCount: 0 },
    })
    text('wait', 'services-inactive', '--services', 'web')
    expect(web()).toMatchObject({ status: 'INACTIVE', runningCount: expect.any(Number) })
    expect(json('list-services')).toEqual({ serviceArns: [] })
    const listed = ['list-tasks', '--family', 'web', '--desired-status', 'RUNNING', '--query', 'taskArns']
    expect(text(...listed).trim()).toBe('')
  })
})
