"""Economy + Shock → Solution: the fixed point and its acceleration, the audit, the adjoint, the path of a shock."""
