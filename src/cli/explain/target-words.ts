/** What a service behind load balancers waits for: sentences on targets that are not healthy, made from the last plan. Pure. */
import { defined } from '../../kit/assert.ts'
import type { AwaitedTarget } from './last-plan.ts'
import { count, listed } from './words.ts'

/** One sentence for all targets of a target group that are alike. */
export const targetWords = (targets: readonly AwaitedTarget[] = []): string[] => {
  const alike = ({ targetGroupArn, state, description }: AwaitedTarget): string =>
    JSON.stringify([targetGroupArn, state, description])
  return [...Map.groupBy(targets, alike).values()].map(sentence)
}

const NAMED_TARGETS = 3

const sentence = (targets: readonly AwaitedTarget[]): string => {
  const { targetGroupArn, state, description } = defined(targets[0], 'a target that is awaited')
  const named = targets.slice(0, NAMED_TARGETS).map(({ taskId, target }) => `${target} of task ${taskId}`)
  const others = targets.length - named.length
  const which = listed(others > 0 ? [...named, count(others, 'other')] : named)
  const group = targetGroupArn.split('/').at(-2) ?? targetGroupArn
  const verb = targets.length === 1 ? 'is' : 'are'
  if (state === undefined)
    return `No balancer has said yet how ${count(targets.length, 'target')} in ${group} ${verb}: ${which}.`
  const why = description === undefined ? '' : ` (${description})`
  return `${count(targets.length, 'target')} in ${group} ${verb} ${state}${why}: ${which}.`
}
