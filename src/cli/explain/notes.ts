/** What an operator should know of a service whether or not it is where it should be: hosts that go or are lost, tasks that keep failing. Pure. */
import { recentFailures } from './failed-tasks.ts'
import { DESCRIBED_STOPPED, type Facts } from './facts.ts'
import { count, duration, isOrAre } from './words.ts'

export const notes = (facts: Facts): string[] =>
  facts.service.status === 'INACTIVE' ? [] : [...leaving(facts), ...lost(facts), ...failing(facts)]

const leaving = ({ service, tasks, draining }: Facts): string[] => {
  const number = tasks.filter(({ containerInstanceArn = '' }) => draining.has(containerInstanceArn)).length
  if (number === 0) return []
  const until = service.schedulingStrategy === 'DAEMON' ? ', once the tasks of other services have left it' : ''
  return [`${count(number, 'task')} ${number === 1 ? 'has' : 'have'} to leave an instance that is DRAINING${until}.`]
}

const lost = ({ tasks }: Facts): string[] => {
  const number = tasks.filter(({ connectivity }) => connectivity === 'DISCONNECTED').length
  if (number === 0) return []
  return [
    `${count(number, 'task')} ${isOrAre(number)} on an instance whose agent is not connected; if that stays so, others are started elsewhere.`,
  ]
}

const failing = ({ stopped, now }: Facts): string[] => {
  const failures = recentFailures(stopped, now)
  const [newest, oldest] = [failures[0], failures.at(-1)].map((task) => now - (task?.stoppedAt?.getTime() ?? now))
  if (newest === undefined || oldest === undefined || failures.length === 0) return []
  const number = `${failures.length < DESCRIBED_STOPPED ? '' : 'At least '}${count(failures.length, 'task')}`
  const span = failures.length === 1 ? '' : ` in the last ${duration(oldest)}, the last one`
  return [`${number} failed${span} ${duration(newest)} ago (see below).`]
}
