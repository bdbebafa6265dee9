/** The attributes of target groups: which target gets a request. */
import { connect } from 'node:net'
import type { AttributeCase, Running } from './attribute-case.ts'
import { until } from './running-balancer.ts'

const BACKEND = 'web.73e2d6bc24d8a067'
const THREE = ['us-east-1a', 'us-east-1a', 'us-east-1a']
const TWO = THREE.slice(1)

const countsOf = async ({ seen }: Running, requests: number): Promise<readonly number[]> => {
  const counts = [0, 0, 0]
  for (let count = 0; count < requests; count++) {
    const index = Number((await seen()).target)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}

const reachedTargets = async (running: Running): Promise<number> =>
  (await countsOf(running, 9)).filter((count) => count > 0).length

/** How many of so many requests go to the first of two targets, which has others under way all the time. */
const shareOfBusyTarget = async (running: Running, requests: number): Promise<number> => {
  const { haproxy, port, targets } = running
  const [busy, idle] = targets
  const server = `${BACKEND}/127.0.0.1:${idle?.port}`
  await haproxy.command(`set server ${server} state maint`)
  const sockets = Array.from({ length: 5 }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx')
    return socket.on('error', () => socket.destroy())
  })
  await until(() => busy?.count === sockets.length)
  await haproxy.command(`set server ${server} state ready`)
  const [share = 0] = await countsOf(running, requests)
  for (const socket of sockets) socket.destroy()
  return share
}

const unhealthy = async (running: Running): Promise<number> => {
  const [, second] = running.targets
  // As if checks had found it; those may be under way just now, and would decide otherwise.
  await running.haproxy.command(`set server ${BACKEND}/127.0.0.1:${second?.port} state maint`)
  return reachedTargets(running)
}

/** Seconds, of the cookie with that name; undefined: it is not given. */
const lifeOf = async ({ ask }: Running, cookie: string): Promise<number | undefined> => {
  const given = ((await ask()).headers['set-cookie'] ?? []).find((text) => text.startsWith(`${cookie}=`))
  const [, expires = ''] = /; Expires=([^;]+GMT)/.exec(given ?? '') ?? []
  return given === undefined ? undefined : Math.round((Date.parse(expires) - Date.now()) / 100_000) * 100
}

const OF_APPLICATION = {
  'stickiness.enabled': 'true',
  'stickiness.type': 'app_cookie',
  'stickiness.app_cookie.cookie_name': 'app',
}
const ROUTING = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets'

export const httpGroupCases: readonly AttributeCase[] = [
  {
    key: 'load_balancing.cross_zone.enabled',
    value: 'false',
    given: { zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] },
    observe: reachedTargets,
    expected: 1,
    otherwise: 3,
  },
  {
    key: 'load_balancing.algorithm.type',
    value: 'least_outstanding_requests',
    given: { zones: TWO },
    observe: (running) => shareOfBusyTarget(running, 20),
    expected: 0,
    otherwise: 10,
  },
  {
    // Of two that are drawn, the busy one is drawn twice in a quarter of all cases.
    key: 'load_balancing.algorithm.anomaly_mitigation',
    value: 'on',
    given: { zones: TWO, group: { 'load_balancing.algorithm.type': 'weighted_random' } },
    observe: async (running) => ((await shareOfBusyTarget(running, 400)) < 150 ? 'fewer' : 'half'),
    expected: 'fewer',
    otherwise: 'half',
  },
  ...[`${ROUTING}.count`, `${ROUTING}.percentage`].map((key) => ({
    key,
    value: key.endsWith('count') ? '3' : '70',
    given: { zones: THREE },
    observe: unhealthy,
    expected: 3,
    otherwise: 2,
  })),
  {
    key: 'stickiness.enabled',
    value: 'true',
    observe: (running) => lifeOf(running, 'AWSALB'),
    expected: 86_400,
    otherwise: undefined,
  },
  {
    key: 'stickiness.lb_cookie.duration_seconds',
    value: '300',
    given: { group: { 'stickiness.enabled': 'true' } },
    observe: (running) => lifeOf(running, 'AWSALB'),
    expected: 300,
    otherwise: 86_400,
  },
  {
    key: 'stickiness.app_cookie.duration_seconds',
    value: '300',
    given: { group: OF_APPLICATION },
    observe: (running) => {
      for (const target of running.targets) target.answerHeaders = { 'set-cookie': 'app=1' }
      return lifeOf(running, 'AWSALBAPP-0')
    },
    expected: 300,
    otherwise: 86_400,
  },
]

export const networkGroupCases: readonly AttributeCase[] = [
  {
    key: 'stickiness.enabled',
    value: 'true',
    given: { type: 'network', zones: THREE },
    observe: reachedTargets,
    expected: 1,
    otherwise: 3,
  },
]
