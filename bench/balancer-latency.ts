/**
 * How soon the balancer follows, on a real `longshore up` with an engine: from a task being RUNNING to its first answer through the balancer,
 * from StopTask to the last request that the task gets, and from RegisterTargets to traffic, where the health check's own share is shown apart.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '@aws-sdk/client-ecs'
import { freePort } from '../test/e2e/loadbalancer/haproxy-under-test.ts'
import { until } from '../test/e2e/longshore.ts'
import { type BalancedGroup, BalancedSite } from './lib/balanced-site.ts'
import { type Answer, compareToLimit } from './lib/compare.ts'
import { report } from './lib/report.ts'

const SAMPLES = process.argv.includes('--quick') ? 3 : 9
const POLL_MS = 2
const GOAL_MS = 100
const PATIENCE_MS = 60_000
const CHECKER = 'ELB-HealthChecker/2.0'

const site = await BalancedSite.start()

const statusOf = async ({ url }: BalancedGroup): Promise<number> => {
  const response = await fetch(url)
  await response.arrayBuffer()
  return response.status
}

/** When the balancer first answered so. */
const answeredAt = async (group: BalancedGroup, isSo: (status: number) => boolean): Promise<number> => {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(POLL_MS))
    if (isSo(await statusOf(group))) return Date.now()
  throw new Error(`no such answer after ${PATIENCE_MS} ms`)
}

const within = (question: string, measure: () => number | Promise<number>): Promise<Answer> =>
  compareToLimit({
    question,
    unit: 'ms',
    measure,
    limit: GOAL_MS,
    limitName: 'the goal',
    goal: { atMost: 1 },
    samples: SAMPLES,
  })

/** A service of one task at a port of the host, so that each has to be gone before the next one runs. */
const createService = async ({ targetGroupArn: targetGroup }: BalancedGroup): Promise<void> => {
  const port = await freePort()
  await site.ecs.registerTaskDefinition({
    family: 'web',
    networkMode: 'host',
    containerDefinitions: [
      {
        name: 'web',
        image: site.image,
        memory: 32,
        command: ['sh', '-c', `mkdir -p /www && echo hello > /www/index.html && exec httpd -f -p ${port} -h /www`],
        portMappings: [{ containerPort: port, hostPort: port }],
        stopTimeout: 2,
      },
    ],
  })
  await site.ecs.createService({
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'web', containerPort: port }],
  })
}

const runningTask = async (): Promise<Task> => {
  const found = await until(
    'a task to run',
    async () => {
      const { taskArns = [] } = await site.ecs.listTasks({ serviceName: 'web' })
      if (taskArns.length === 0) return undefined
      const { tasks = [] } = await site.ecs.describeTasks({ tasks: taskArns })
      return tasks.find(({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING')
    },
    PATIENCE_MS,
  )
  return found
}

/** One task after another: each comes, and is stopped. */
const tasks = async (group: BalancedGroup): Promise<Answer[]> => {
  await createService(group)
  const [toFirst, toLast]: [number[], number[]] = [[], []]
  for (let sample = 0; sample < SAMPLES; sample++) {
    const firstAt = await answeredAt(group, (status) => status === 200)
    const { taskArn = '', startedAt } = await runningTask()
    toFirst.push(firstAt - Number(startedAt))
    const stoppedAt = Date.now()
    const lastAt = answeredAt(group, (status) => status !== 200)
    await site.ecs.stopTask({ task: taskArn })
    toLast.push((await lastAt) - stoppedAt)
  }
  return [
    await within('a task is RUNNING, to its first answer through the balancer', () => toFirst.shift() ?? Number.NaN),
    await within('StopTask, to no more new requests to the task', () => toLast.shift() ?? Number.NaN),
  ]
}

const listening = async (onRequest: RequestListener): Promise<Server> => {
  const server = createServer(onRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const registrationOf = (server: Server, { targetGroupArn }: BalancedGroup) => ({
  TargetGroupArn: targetGroupArn,
  Targets: [{ Id: '127.0.0.1', Port: (server.address() as AddressInfo).port }],
})

/** Targets of this process, which know when they are checked, beside one that is healthy: alone, they would get traffic without a check. */
const registrations = async (group: BalancedGroup): Promise<Answer[]> => {
  const neighbour = await listening((_request, response) => response.end('hello'))
  await site.elb.registerTargets(registrationOf(neighbour, group))
  const targetsIn = async (state: string): Promise<number> => {
    const { TargetHealthDescriptions: all = [] } = await site.elb.describeTargetHealth({
      TargetGroupArn: group.targetGroupArn,
    })
    return all.filter(({ TargetHealth: health }) => health?.State === state).length
  }
  await until('a target to be healthy', async () => (await targetsIn('healthy')) === 1, PATIENCE_MS)
  const shares: number[] = []
  const toTraffic = async (): Promise<number> => {
    let [checkMs, servedAt] = [Number.NaN, 0]
    const server = await listening((request, response) => {
      const beganAt = performance.now()
      const isCheck = request.headers['user-agent'] === CHECKER
      response.end('hello')
      if (isCheck && Number.isNaN(checkMs)) checkMs = performance.now() - beganAt
      else if (!isCheck) servedAt ||= Date.now()
    })
    const registration = registrationOf(server, group)
    const begunAt = Date.now()
    await Promise.all([site.elb.registerTargets(registration), answeredAt(group, () => servedAt > 0)])
    await site.elb.deregisterTargets(registration)
    await until('the target to be gone', async () => (await targetsIn('draining')) === 0, PATIENCE_MS)
    server.close()
    server.closeAllConnections()
    shares.push(checkMs)
    return servedAt - begunAt - checkMs
  }
  const answers = [
    await within('RegisterTargets, to the first request, without the health check', toTraffic),
    await within('the health check of it, as the target sees it', () => shares.shift() ?? Number.NaN),
  ]
  neighbour.close()
  neighbour.closeAllConnections()
  return answers
}

try {
  const web = await site.balance('web', 'instance')
  const plain = await site.balance('plain', 'ip')
  const answers = [...(await registrations(plain)), ...(await tasks(web))]
  report(answers)
} finally {
  await site.stop()
}
