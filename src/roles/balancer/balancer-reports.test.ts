import { describe, expect, it } from 'vitest'
import { EMPTY_TABLE } from '../../agentlink/received-table.ts'
import { settle } from '../../kit/clock.ts'
import type { BalancerMessage, TargetHealthReport } from '../../model/load-balancing/messages.ts'
import { BalancerReports } from './balancer-reports.ts'

const healthy = (target: string): TargetHealthReport => ({ targetGroupArn: 'group', target, state: 'healthy' })

const reporting = () => {
  const sent: BalancerMessage[] = []
  const link = { isUp: true }
  const reports = new BalancerReports((message) => {
    if (link.isUp) sent.push(message)
    return link.isUp
  })
  return { reports, sent, link }
}

describe('reports of a balancer', () => {
  it('wait until the control plane listens, and are then said together', async () => {
    const { reports, sent } = reporting()
    reports.targetHealth([healthy('a')])
    reports.loadBalancer('web', 'Port 80 is in use.')
    reports.targetHealth([healthy('b')])
    await settle()
    expect(sent).toEqual([])
    reports.heard()
    await settle()
    expect(sent).toEqual([
      { type: 'loadBalancer', loadBalancerArn: 'web', problem: 'Port 80 is in use.' },
      { type: 'targetHealth', reports: [healthy('a'), healthy('b')] },
    ])
  })

  it('are only what is new', async () => {
    const { reports, sent } = reporting()
    reports.heard()
    reports.targetHealth([healthy('a')])
    await settle()
    reports.targetHealth([healthy('a'), { ...healthy('b'), state: 'unhealthy' }])
    const number = reports.numberOf(7)
    reports.applied(number)
    reports.applied(number)
    await settle()
    expect(sent).toEqual([
      { type: 'targetHealth', reports: [healthy('a')] },
      { type: 'applied', revision: 7 },
      { type: 'targetHealth', reports: [{ ...healthy('b'), state: 'unhealthy' }] },
    ])
  })

  it('are said again to a control plane that was away', async () => {
    const { reports, sent, link } = reporting()
    reports.heard()
    reports.targetHealth([healthy('a')])
    await settle()
    link.isUp = false
    reports.unheard()
    reports.targetHealth([healthy('b')])
    await settle()
    link.isUp = true
    sent.length = 0
    reports.heard()
    await settle()
    expect(sent).toEqual([{ type: 'targetHealth', reports: [healthy('b'), healthy('a')] }])
  })

  it('say nothing of a table that a former connection told, whatever its revision', () => {
    const { reports, sent } = reporting()
    reports.heard()
    const former = reports.numberOf(5000)
    reports.unheard()
    reports.heard()
    const newer = reports.numberOf(12)
    reports.applied(former)
    expect(sent).toEqual([])
    reports.applied(newer)
    expect(sent).toEqual([{ type: 'applied', revision: 12 }])
  })

  it('forget what is not in the table any more', async () => {
    const { reports, sent } = reporting()
    reports.targetHealth([healthy('a')])
    reports.loadBalancer('web', 'Port 80 is in use.')
    reports.forgetAllBut(EMPTY_TABLE)
    reports.heard()
    await settle()
    expect(sent).toEqual([])
    expect(reports.health.size).toBe(0)
  })

  it('come in messages of bounded size', async () => {
    const { reports, sent } = reporting()
    reports.heard()
    reports.targetHealth(Array.from({ length: 2500 }, (_, number) => healthy(`${number}`)))
    await settle()
    expect(sent.map((message) => message.type === 'targetHealth' && message.reports.length)).toEqual([1000, 1000, 500])
  })
})
