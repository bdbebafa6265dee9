/**
 * `GET /telemetry/usage?cluster=<name or ARN>&by=<cluster, service, task or instance>&history=<minutes>`: what the tasks of a cluster use
 * now, and, if `history` is given, how much it was in the minutes before. Who may describe the cluster and read metrics
 * (`cloudwatch:GetMetricData`) may know.
 */
import type { RequestListener } from 'node:http'
import { USAGE_KINDS, type UsageKind } from '../model/usage.ts'
import type { UsageBook } from '../controllers/agent-telemetry/usage-book.ts'
import { clusterArn, isArn } from '../model/arn.ts'
import { LONGEST_USAGE_HISTORY_MINUTES } from '../model/metric-limits.ts'
import { on, onAnything } from '../services/ecs/access.ts'
import type { MetricStore } from '../store/metrics/metric-store.ts'
import { Fault } from '../wire/fault.ts'
import type { Caller } from '../wire/sigv4.ts'
import { ownCall, type OwnCallTools } from './own-call.ts'

export const USAGE_PATH = '/telemetry/usage'

export interface UsageSources {
  readonly usage: UsageBook
  readonly metrics: MetricStore
}

export interface UsageQuery {
  readonly clusterArn: string
  readonly by: UsageKind
  readonly historyMinutes: number
}

export const usage = (tools: OwnCallTools, sources: UsageSources): RequestListener =>
  ownCall<UsageQuery>(tools, {
    path: USAGE_PATH,
    name: 'GetUsage',
    parameters: new Set(['cluster', 'by', 'history']),
    readsData: true,
    read: asked,
    demands: ({ clusterArn: arn }) => [
      { action: 'ecs:DescribeClusters', ...on(tools.store.tables, arn) },
      ...onAnything().map((demand) => ({ ...demand, action: 'cloudwatch:GetMetricData' })),
    ],
    // Few servers are asked.
    answer: async (question, caller) => {
      const { usageAnswer } = await import('./usage-answer.ts')
      return usageAnswer(tools, sources, question, caller)
    },
  })

const asked = (query: URLSearchParams, { principal, region }: Caller): UsageQuery => {
  const cluster = query.get('cluster') ?? 'default'
  const by = query.get('by') ?? 'service'
  const historyMinutes = Number(query.get('history') ?? 0)
  if (!isUsageKind(by)) throw invalid(`by must be one of ${USAGE_KINDS.join(', ')}.`)
  if (!Number.isInteger(historyMinutes) || historyMinutes < 0 || historyMinutes > LONGEST_USAGE_HISTORY_MINUTES)
    throw invalid(`history must be a whole number of minutes, from 0 to ${LONGEST_USAGE_HISTORY_MINUTES}.`)
  return { clusterArn: isArn(cluster) ? cluster : clusterArn(region, principal.account, cluster), by, historyMinutes }
}

const isUsageKind = (text: string): text is UsageKind => (USAGE_KINDS as readonly string[]).includes(text)

const invalid = (message: string): Fault => new Fault({ code: 'InvalidParameterException', message })
