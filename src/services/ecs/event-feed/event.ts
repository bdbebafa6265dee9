/** An event as EventBridge has it. Source: "Amazon ECS events" in the ECS developer guide, "AWS service event metadata" in EventBridge's. */
import { Bug } from '../../../kit/assert.ts'
import { isoText } from '../../../kit/timestamps.ts'
import { parseArn } from '../../../model/arn.ts'

export type EcsEventType =
  | 'ECS Task State Change'
  | 'ECS Container Instance State Change'
  | 'ECS Service Action'
  | 'ECS Deployment State Change'

export interface EcsEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': EcsEventType
  readonly source: 'aws.ecs'
  readonly account: string
  /** In whole seconds. */
  readonly time: string
  readonly region: string
  /** ARNs of what the event is about. */
  readonly resources: readonly string[]
  /** As JSON has it: times are ISO texts, and nothing is undefined. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** What is particular to an event; the rest is its envelope. */
export interface EventContent {
  readonly detailType: EcsEventType
  /** ARN of what the event is about: it says the account and region too. */
  readonly resource: string
  readonly at: number
  /** Its moments are Dates. */
  readonly detail: object
}

export const envelop = ({ detailType, resource, at, detail }: EventContent, id: string): EcsEvent => {
  const arn = parseArn(resource)
  if (arn === undefined) throw new Bug(`an event about ${resource}, which is no ARN`)
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source: 'aws.ecs',
    account: arn.account,
    time: isoText(at - (at % 1000)),
    region: arn.region,
    resources: [resource],
    // AWS: the moments that descriptions have as numbers are ISO texts in events, which is what JSON makes of them.
    detail: JSON.parse(JSON.stringify(detail)) as Readonly<Record<string, unknown>>,
  }
}
