/** TestMetricFilter: which of some messages match a pattern, and the values that it finds in them. */
import type { TestMetricFilterRequest, TestMetricFilterResponse } from '@aws-sdk/client-cloudwatch-logs'
import { TEST_FILTER_MESSAGES } from '../../../model/log-limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { checkedPattern } from '../filter-patterns.ts'

export const testMetricFilter: LogsOperation<TestMetricFilterRequest, TestMetricFilterResponse> = {
  access: onAnything,
  handle: (input) => {
    checkConstraints(input, { logEventMessages: TEST_FILTER_MESSAGES }, invalidParameter)
    const { filterPattern = '', logEventMessages = [] } = input
    const { matches, extracted } = checkedPattern(filterPattern)
    return {
      matches: logEventMessages.flatMap((message, index) =>
        matches(message)
          ? [{ eventNumber: index + 1, eventMessage: message, extractedValues: Object.fromEntries(extracted(message)) }]
          : [],
      ),
    }
  },
}
