import "cycle_back.dlm"
