/** What is stored of filters on log groups, of where subscriptions deliver to and have come, and of saved queries. */
import type { Tag } from './records.ts'

interface LogFilterRecord {
  /** `logFilterKey`. */
  readonly key: string
  readonly account: string
  readonly region: string
  readonly groupId: string
  readonly groupName: string
  readonly name: string
  readonly pattern: string
  /** How many regular expressions the pattern has. */
  readonly expressions: number
  readonly createdAt: number
}

export interface MetricFilterRecord extends LogFilterRecord {
  readonly metricNamespace: string
  readonly metricName: string
  /** A number, or what it refers to in events. */
  readonly metricValue: string
  readonly defaultValue?: number
  readonly unit?: string
  /** Names of dimensions, and what their values refer to in events. */
  readonly dimensions: Readonly<Record<string, string>>
  /** `@aws.account` and `@aws.region`, where they are dimensions too. */
  readonly systemDimensions: readonly string[]
}

export interface SubscriptionFilterRecord extends LogFilterRecord {
  /** Of a log group, with or without `:*`, or of a `LogDestinationRecord`. */
  readonly destinationArn: string
}

/**
 * How far a subscription has come. Sequences say what was appended when, and events can come with times of the past: so everything that
 * was appended in a while is delivered by time, and then comes what was appended meanwhile.
 */
export interface LogDeliveryRecord {
  /** Of its filter. */
  readonly key: string
  /** What was appended up to here is delivered. */
  readonly after: number
  /** What was appended up to here is being delivered, by time. */
  readonly upTo: number
  /** Of that, what comes before this and itself are delivered. */
  readonly position?: { readonly timestamp: number; readonly sequence: number }
  /** The destination that has had the message which says that events will come. */
  readonly announcedTo?: string
}

export interface LogDestinationRecord {
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly name: string
  /** A URL of HTTP or HTTPS. */
  readonly target: string
  readonly roleArn: string
  /** As JSON. */
  readonly accessPolicy?: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
}

export interface QueryDefinitionRecord {
  readonly queryDefinitionId: string
  readonly account: string
  readonly region: string
  readonly name: string
  readonly text: string
  readonly groupNames: readonly string[]
  readonly parameters: readonly QueryParameterRecord[]
  readonly modifiedAt: number
}

export interface QueryParameterRecord {
  readonly name: string
  readonly defaultValue?: string
  readonly description?: string
}

/** Neither of the two names has a colon in it. */
export const logFilterKey = (groupArn: string, filterName: string): string => `${groupArn}:${filterName}`
