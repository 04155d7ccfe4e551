import "cycle.dlm"
