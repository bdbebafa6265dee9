/** What target groups are. */
import type { TargetGroupRoute } from '../../model/load-balancing/routing.ts'

export const isHttpGroup = ({ protocol }: Pick<TargetGroupRoute, 'protocol'>): boolean =>
  protocol === 'HTTP' || protocol === 'HTTPS'
