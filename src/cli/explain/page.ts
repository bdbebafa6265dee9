/** The whole explanation as a page for a terminal of 100 columns, and as JSON. */
import type { Service } from '@aws-sdk/client-ecs'
import { table } from '../table.ts'
import { failedTasks } from './failed-tasks.ts'
import type { Facts } from './facts.ts'
import type { LastPlan } from './last-plan.ts'
import { notes } from './notes.ts'
import { headline, isSteady, reasons } from './reasons.ts'
import { clockTime, count, duration, listed, shortName, wrapped } from './words.ts'

/** Reasons of failure and service events that a page shows. */
const SHOWN_FAILURES = 5
const SHOWN_EVENTS = 5

export const page = (facts: Facts): string => {
  const sentences = [...reasons(facts), ...notes(facts)].map((sentence) => wrapped(sentence, '- '))
  const sections = [
    wrapped(headline(facts)) + sentences.join(''),
    holderTable(facts.service),
    failureList(facts),
    eventList(facts),
    looked(facts),
  ]
  return sections.filter((section) => section !== '').join('\n')
}

/** For scripts: what the page says, and what it was made from. */
export const json = (facts: Facts): object => {
  const { service, explanation, stopped } = facts
  return {
    serviceArn: service.serviceArn,
    status: service.status,
    isSteady: service.status === 'ACTIVE' && isSteady(service, explanation),
    summary: headline(facts),
    reasons: reasons(facts),
    notes: notes(facts),
    desiredCount: service.desiredCount,
    runningCount: service.runningCount,
    pendingCount: service.pendingCount,
    deployments: service.deployments,
    taskSets: service.taskSets,
    failedTasks: failedTasks(stopped).map(({ reason, tasks }) => ({
      reason,
      taskArns: tasks.map(({ taskArn }) => taskArn),
    })),
    events: service.events?.slice(0, SHOWN_EVENTS),
    plan: explanation?.plan,
  }
}

const holderTable = ({ deployments = [], taskSets = [] }: Service): string =>
  table(
    ['DEPLOYMENT', 'STATUS', 'DEFINITION', 'DESIRED', 'RUNNING', 'PENDING', 'FAILED', 'ROLLOUT'],
    deployments.map((deployment) => [
      deployment.id,
      deployment.status,
      shortName(deployment.taskDefinition),
      deployment.desiredCount ?? 0,
      deployment.runningCount ?? 0,
      deployment.pendingCount ?? 0,
      deployment.failedTasks ?? 0,
      deployment.rolloutState,
    ]),
  ) +
  table(
    ['TASK SET', 'STATUS', 'DEFINITION', 'DESIRED', 'RUNNING', 'PENDING', 'SCALE', 'STABILITY'],
    taskSets.map((taskSet) => [
      taskSet.id,
      taskSet.status,
      shortName(taskSet.taskDefinition),
      taskSet.computedDesiredCount ?? 0,
      taskSet.runningCount ?? 0,
      taskSet.pendingCount ?? 0,
      `${taskSet.scale?.value ?? 0} %`,
      taskSet.stabilityStatus,
    ]),
  )

const failureList = ({ stopped, now }: Facts): string => {
  const failures = failedTasks(stopped)
  if (failures.length === 0) return ''
  const lines = failures.slice(0, SHOWN_FAILURES).map(({ reason, tasks }) => {
    const [newest] = tasks
    const others = tasks.length === 1 ? '' : ` and ${tasks.length - 1} before it`
    const when = newest?.stoppedAt === undefined ? '' : `, ${duration(now - newest.stoppedAt.getTime())} ago`
    return `  ${shortName(newest?.taskArn)}${others}${when}\n${wrapped(reason, '    ')}`
  })
  return `Failed tasks\n${lines.join('')}`
}

const eventList = ({ service: { events = [] }, now }: Facts): string => {
  if (events.length === 0) return ''
  const lines = events.slice(0, SHOWN_EVENTS).map(({ createdAt, message = '' }) => {
    const time = createdAt === undefined ? '' : `${clockTime(createdAt.getTime(), now)}  `
    return wrapped(message, `  ${time}`)
  })
  return `Last events\n${lines.join('')}`
}

/** What the scheduler did when it last looked, and when it looks again. */
const looked = ({ explanation, now, service }: Facts): string => {
  const plan = explanation?.plan
  if (plan === undefined || service.status === 'INACTIVE' || plan.isSteady) return ''
  const done = actions(plan)
  const next =
    plan.againAt === undefined || plan.againAt <= now
      ? 'as soon as something changes'
      : `in ${duration(plan.againAt - now)}, or as soon as something changes`
  return wrapped(
    `The scheduler looked ${duration(now - plan.at)} ago${done.length === 0 ? '' : ` and ${listed(done)}`}. It looks again ${next}.`,
  )
}

const actions = ({ groups }: LastPlan): string[] => {
  const starts = groups.flatMap(({ plan, placementFailures }) => (placementFailures.length > 0 ? [] : plan.starts))
  const started = starts.reduce((sum, { count: number }) => sum + number, 0)
  const reasonsToStop = groups.flatMap(({ plan }) => plan.stops.map(({ reason }) => reason))
  return [
    ...(started === 0 ? [] : [`started ${count(started, 'task')}`]),
    ...(reasonsToStop.length === 0
      ? []
      : [`stopped ${count(reasonsToStop.length, 'task')} (${[...new Set(reasonsToStop)].join(', ')})`]),
  ]
}
